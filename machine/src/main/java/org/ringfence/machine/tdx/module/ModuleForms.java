package org.ringfence.machine.tdx.module;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.ringfence.machine.memory.Evict;
import org.ringfence.machine.memory.LineInstruction;
import org.ringfence.machine.memory.OnLine;
import org.ringfence.machine.memory.Value;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.tdx.module.mng.TdhMngAddcx;
import org.ringfence.machine.tdx.module.mng.TdhMngCreate;
import org.ringfence.machine.tdx.module.mng.TdhMngKeyConfig;
import org.ringfence.machine.tdx.module.mng.TdhMngKeyFreeid;
import org.ringfence.machine.tdx.module.mng.TdhMngKeyReclaimid;
import org.ringfence.machine.tdx.module.mng.TdhMngVpflushdone;
import org.ringfence.machine.tdx.module.phymem.InterruptCacheWb;
import org.ringfence.machine.tdx.module.phymem.TdhPhymemCacheWb;
import org.ringfence.machine.tdx.module.phymem.TdhPhymemPageRdmd;
import org.ringfence.machine.tdx.module.phymem.TdhPhymemPageReclaim;
import org.ringfence.machine.tdx.module.phymem.TdhPhymemPageWbinvd;
import org.ringfence.machine.tdx.module.phymem.TdhPhymemPamtAdd;
import org.ringfence.machine.tdx.module.phymem.TdhPhymemPamtRemove;
import org.ringfence.machine.tdx.module.sys.SetEntropy;
import org.ringfence.machine.tdx.module.sys.SysField;
import org.ringfence.machine.tdx.module.sys.TdhSysConfig;
import org.ringfence.machine.tdx.module.sys.TdhSysConfigLayout;
import org.ringfence.machine.tdx.module.sys.TdhSysInfo;
import org.ringfence.machine.tdx.module.sys.TdhSysInit;
import org.ringfence.machine.tdx.module.sys.TdhSysKeyConfig;
import org.ringfence.machine.tdx.module.sys.TdhSysLpInit;
import org.ringfence.machine.tdx.module.sys.TdhSysLpShutdown;
import org.ringfence.machine.tdx.module.sys.TdhSysRd;
import org.ringfence.machine.tdx.module.sys.TdhSysShutdown;
import org.ringfence.machine.tdx.module.sys.TdhSysTdmrInit;
import org.ringfence.machine.vocabulary.Form;
import org.ringfence.machine.vocabulary.Range;

/** The leaves of the module as a system, and what the host does around them, as text and tables of arguments. */
public final class ModuleForms {
    private static final int USUAL = 64;

    /** An address is one of few, and a TD begins with two of them. */
    private static final int OFTEN = 4 * USUAL;

    private ModuleForms() {}

    /** All of them. What ends the module is rare. */
    public static List<Form> all() {
        List<Form> all = new ArrayList<>(system());
        lives().forEach(form -> all.add(form.times(USUAL)));
        return List.copyOf(all);
    }

    /** TDH.SYS.CONFIG with whatever lies in memory. */
    public static List<Form> told() {
        return List.of(Form.told("TDH.SYS.CONFIG", TdhSysConfig.class, Principal.HOST));
    }

    private static List<Form> system() {
        return List.of(
                host("TDH.SYS.INIT", TdhSysInit.class, Range.of(0L, 1L)).times(USUAL),
                host("TDH.SYS.LP.INIT", TdhSysLpInit.class).times(USUAL),
                host(
                        "TDH.SYS.INFO",
                        TdhSysInfo.class,
                        Range.of(0L, 1L, (long) TdhSysInfo.STRUCT),
                        Range.of((long) TdhSysInfo.STRUCT, 0L),
                        Range.of(2L * TdhSysInfo.STRUCT, 1L),
                        Range.of((long) ModuleOptions.MAX_CMRS, 0L)),
                host("TDH.SYS.RD", TdhSysRd.class, fields()),
                host(
                        "TDH.SYS.CONFIG",
                        TdhSysConfigLayout.class,
                        Range.every(TdmrLayout.class),
                        Range.of(0L, 1L),
                        globalKeyIds()).times(OFTEN),
                host("TDH.SYS.KEY.CONFIG", TdhSysKeyConfig.class).times(USUAL),
                host("TDH.SYS.TDMR.INIT", TdhSysTdmrInit.class, bases()).times(USUAL),
                host("TDH.SYS.LP.SHUTDOWN", TdhSysLpShutdown.class),
                host("TDH.SYS.SHUTDOWN", TdhSysShutdown.class, Range.of(TdhSysShutdown.HANDOFF_VERSION, 1L)),
                host(
                        "module lock",
                        HoldModuleLock.class,
                        Range.every(ModuleLocks.Kind.class),
                        Range.frames(),
                        Range.every(ModuleLocks.Held.class)).times(USUAL),
                host("entropy", SetEntropy.class, packages(), Range.either()).knownTo(Principal.HARDWARE).times(USUAL),
                host("interrupt", InterruptCacheWb.class, packages(), Range.of(1, 2))
                        .knownTo(Principal.HARDWARE)
                        .times(USUAL),
                host(
                        "access to a line",
                        OnLine.class,
                        Range.of(LineInstruction.LOAD, LineInstruction.STORE, LineInstruction.MOVDIR64B),
                        Range.frames(),
                        Range.of(0),
                        Range.of(0),
                        Range.of(Value.HOST),
                        Range.of(0))
                        .namedBy("instruction"),
                host("evict", Evict.class, Range.frames(), Range.of(0), allKeyIds())
                        .knownTo(Principal.HARDWARE)
                        .times(OFTEN));
    }

    /** How TDs come into being and go, as often as one another. */
    public static List<Form> lives() {
        return List.of(
                host("TDH.MNG.CREATE", TdhMngCreate.class, pages(), keyIds()).times(OFTEN / USUAL),
                host("TDH.MNG.KEY.CONFIG", TdhMngKeyConfig.class, pages()).times(OFTEN / USUAL),
                host("TDH.MNG.ADDCX", TdhMngAddcx.class, pages(), pages()).times(2 * OFTEN / USUAL),
                host("TDH.MNG.VPFLUSHDONE", TdhMngVpflushdone.class, pages()),
                host("TDH.PHYMEM.CACHE.WB", TdhPhymemCacheWb.class, Range.of(0L, 1L, 2L)),
                host("TDH.MNG.KEY.FREEID", TdhMngKeyFreeid.class, pages()).times(OFTEN / USUAL),
                host("TDH.MNG.KEY.RECLAIMID", TdhMngKeyReclaimid.class, pages()),
                host("TDH.PHYMEM.PAGE.RECLAIM", TdhPhymemPageReclaim.class, pages()).times(OFTEN / USUAL),
                host("TDH.PHYMEM.PAGE.WBINVD", TdhPhymemPageWbinvd.class, pagesWithKeyId()),
                host("TDH.PHYMEM.PAGE.RDMD", TdhPhymemPageRdmd.class, pages()),
                host("TDH.PHYMEM.PAMT.ADD", TdhPhymemPamtAdd.class, ranges(), pages(), pages())
                        .times(2 * OFTEN / USUAL),
                host("TDH.PHYMEM.PAMT.REMOVE", TdhPhymemPamtRemove.class, ranges()));
    }

    /** The 2M of the frames that TDs may have, and two that are not as they should be; none without dynamic PAMT. */
    private static Range ranges() {
        return machine -> {
            TdxModule module = module(machine);
            List<Long> all = new ArrayList<>();
            if (module.options().version().hasDynamicPamt()) {
                for (int frame = 0; frame < module.map().geometry().frames(); frame++) {
                    if (module.map().hpa(frame) >= PageSize.PT_1GB.bytes()) {
                        all.add(module.map().hpa(frame) & -PageSize.PT_2MB.bytes() | PageSize.PT_2MB.ordinal());
                    }
                }
                all.add(all.getFirst() - PageSize.PT_2MB.ordinal());
                all.add(PageSize.PT_1GB.bytes() / 2 + PageSize.PT_2MB.ordinal());
            }
            return all.stream().distinct().toList();
        };
    }

    private static <O extends Record & Operation<?>> Form host(String name, Class<O> type, Range... ranges) {
        return Form.of(name, Principal.HOST, type, ranges);
    }

    private static TdxModule module(Machine machine) {
        return machine.part(TdxModule.class);
    }

    private static Range fields() {
        return machine -> {
            List<Long> ids = new ArrayList<>(Arrays.stream(SysField.values()).map(SysField::id).toList());
            ids.addAll(List.of(-1L, 0L));
            return ids;
        };
    }

    /**
     * R8 of TDH.SYS.CONFIG: the private KeyIDs, and a shared one; and one with dynamic PAMT, where the module has it.
     */
    private static Range globalKeyIds() {
        return keyIds().or(machine -> module(machine).options().version().hasDynamicPamt()
                ? List.of(TdhSysConfig.DYNAMIC_PAMT | module(machine).options().firstPrivate())
                : List.of());
    }

    /** The private KeyIDs, and a shared one. */
    private static Range keyIds() {
        return machine -> IntStream.rangeClosed(
                module(machine).options().firstPrivate(), module(machine).options().lastPrivate() + 1)
                .mapToObj(keyId -> keyId > module(machine).options().lastPrivate() ? 0L : (Long) (long) keyId)
                .toList();
    }

    private static Range allKeyIds() {
        return machine -> IntStream.rangeClosed(0, module(machine).options().lastPrivate()).boxed().toList();
    }

    private static Range packages() {
        return machine -> IntStream.range(0, module(machine).options().packages()).boxed().toList();
    }

    /** Where the TDMRs of {@link TdmrLayout} begin, with and without a KeyID, and where none does. */
    private static Range bases() {
        return machine -> {
            long gigabyte = PageSize.PT_1GB.bytes();
            return List.of(gigabyte, 2 * gigabyte, module(machine).options().tag(gigabyte, 1), 0L);
        };
    }

    /** The addresses of all frames that TDs may have, one below them, and two that are not as they should be. */
    private static Range pages() {
        return machine -> {
            TdxModule module = module(machine);
            List<Long> all = new ArrayList<>();
            for (int frame = 0; frame < module.map().geometry().frames(); frame++) {
                if (module.map().hpa(frame) >= PageSize.PT_1GB.bytes()) {
                    all.add(module.map().hpa(frame));
                }
            }
            all.add(PageSize.PT_1GB.bytes() / 2);
            all.add(module.options().tag(all.getFirst(), 1));
            all.add(all.getFirst() + 1);
            return all;
        };
    }

    private static Range pagesWithKeyId() {
        return machine -> {
            TdxModule module = module(machine);
            List<Long> all = new ArrayList<>();
            for (int keyId = module.options().lastPrivate(); keyId >= 0; keyId--) {
                for (int frame = 0; frame < module.map().geometry().frames(); frame++) {
                    all.add(module.options().tag(module.map().hpa(frame), keyId));
                }
            }
            return all;
        };
    }
}
