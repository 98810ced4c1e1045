package org.ringfence.machine.tdx;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.ringfence.machine.memory.GuestMemory.Mapping;
import org.ringfence.machine.memory.Level;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.tdx.adversary.L2Load;
import org.ringfence.machine.tdx.adversary.L2Store;
import org.ringfence.machine.tdx.host.AwaitTdExit;
import org.ringfence.machine.tdx.host.FlushTranslations;
import org.ringfence.machine.tdx.host.FrameIsFree;
import org.ringfence.machine.tdx.host.HoldEntryLock;
import org.ringfence.machine.tdx.host.HoldTdLock;
import org.ringfence.machine.tdx.host.KickVcpu;
import org.ringfence.machine.tdx.host.LoadUnderKeyId0;
import org.ringfence.machine.tdx.host.MapShared;
import org.ringfence.machine.tdx.host.RaiseInterrupt;
import org.ringfence.machine.tdx.host.StoreUnderKeyId0;
import org.ringfence.machine.tdx.host.UnmapShared;
import org.ringfence.machine.tdx.module.ModuleLocks.Held;
import org.ringfence.machine.tdx.module.TdxModule;
import org.ringfence.machine.tdx.seamcall.TdhMemPageAdd;
import org.ringfence.machine.tdx.seamcall.TdhMemPageAug;
import org.ringfence.machine.tdx.seamcall.TdhMemPageDemote;
import org.ringfence.machine.tdx.seamcall.TdhMemPageDemoteWithPamt;
import org.ringfence.machine.tdx.seamcall.TdhMemPagePromote;
import org.ringfence.machine.tdx.seamcall.TdhMemPageRelocate;
import org.ringfence.machine.tdx.seamcall.TdhMemPageRemove;
import org.ringfence.machine.tdx.seamcall.TdhMemRangeBlock;
import org.ringfence.machine.tdx.seamcall.TdhMemRangeUnblock;
import org.ringfence.machine.tdx.seamcall.TdhMemSeptAdd;
import org.ringfence.machine.tdx.seamcall.TdhMemSeptRd;
import org.ringfence.machine.tdx.seamcall.TdhMemSeptRemove;
import org.ringfence.machine.tdx.seamcall.TdhMemTrack;
import org.ringfence.machine.tdx.seamcall.TdhMngInit;
import org.ringfence.machine.tdx.seamcall.TdhMrExtend;
import org.ringfence.machine.tdx.seamcall.TdhMrFinalize;
import org.ringfence.machine.tdx.seamcall.TdhPhymemPageWbinvdOfTd;
import org.ringfence.machine.tdx.seamcall.TdhVpAddcx;
import org.ringfence.machine.tdx.seamcall.TdhVpCreate;
import org.ringfence.machine.tdx.seamcall.TdhVpEnter;
import org.ringfence.machine.tdx.seamcall.TdhVpEnterWithAnswer;
import org.ringfence.machine.tdx.seamcall.TdhVpFlush;
import org.ringfence.machine.tdx.seamcall.TdhVpInit;
import org.ringfence.machine.tdx.sept.EntryNotation;
import org.ringfence.machine.tdx.sept.SeptOperand;
import org.ringfence.machine.tdx.sept.SeptTable.Lock;
import org.ringfence.machine.tdx.td.FreePage;
import org.ringfence.machine.tdx.td.MapGpaAnswer;
import org.ringfence.machine.tdx.td.TdLocks;
import org.ringfence.machine.tdx.td.TdParams;
import org.ringfence.machine.tdx.td.Tdx;
import org.ringfence.machine.tdx.tdcall.AwaitL2;
import org.ringfence.machine.tdx.tdcall.InterruptL2;
import org.ringfence.machine.tdx.tdcall.ReadRetryAddress;
import org.ringfence.machine.tdx.tdcall.TdgMemPageAccept;
import org.ringfence.machine.tdx.tdcall.TdgMemPageAttrRd;
import org.ringfence.machine.tdx.tdcall.TdgMemPageAttrWr;
import org.ringfence.machine.tdx.tdcall.TdgVpEnter;
import org.ringfence.machine.tdx.tdcall.TdgVpInfo;
import org.ringfence.machine.tdx.tdcall.TdgVpInvept;
import org.ringfence.machine.tdx.tdcall.TdgVpVeinfoGet;
import org.ringfence.machine.tdx.tdcall.TdgVpVmcallMapGpa;
import org.ringfence.machine.vocabulary.Form;
import org.ringfence.machine.vocabulary.Notation;
import org.ringfence.machine.vocabulary.Range;

/** The operations around running TDs as text and tables of arguments: those of its host, of L1 and of an L2. */
public final class TdxForms {
    /** Most of what a guest tries leaves for the host, and it does nothing more until it is resumed. */
    private static final int RESUMING = 16;

    private static final int USUAL = 4;

    /** A launch has many steps before anything else succeeds. */
    private static final int LAUNCHING = 8;

    private static final long SHARED_BIT = 1L << 47;

    /** An entry of the Secure EPT. */
    private static final Notation ENTRY = new EntryNotation();

    private TdxForms() {}

    /** All of them. */
    public static List<Form> all() {
        return List.of(
                host("TDH.MEM.SEPT.ADD", TdhMemSeptAdd.class, td(), entries(), frames())
                        .writing("rcx", ENTRY).times(USUAL),
                host("TDH.MEM.SEPT.RD", TdhMemSeptRd.class, td(), entries())
                        .writing("rcx", ENTRY),
                host("TDH.MEM.PAGE.AUG", TdhMemPageAug.class, td(), entries(), frames())
                        .writing("rcx", ENTRY).times(USUAL),
                host("TDH.MEM.RANGE.BLOCK", TdhMemRangeBlock.class, td(), entries())
                        .writing("rcx", ENTRY).times(USUAL),
                host("TDH.MEM.RANGE.UNBLOCK", TdhMemRangeUnblock.class, td(), entries())
                        .writing("rcx", ENTRY).times(USUAL),
                host("TDH.MEM.TRACK", TdhMemTrack.class, td()).times(USUAL),
                host("TDH.MEM.PAGE.REMOVE", TdhMemPageRemove.class, td(), entries())
                        .writing("rcx", ENTRY).times(USUAL),
                host("TDH.MEM.PAGE.PROMOTE", TdhMemPagePromote.class, td(), entries())
                        .writing("rcx", ENTRY).times(USUAL),
                host("TDH.MEM.PAGE.DEMOTE", TdhMemPageDemote.class, td(), entries(), frames())
                        .writing("rcx", ENTRY).times(USUAL),
                host("TDH.MEM.PAGE.DEMOTE", TdhMemPageDemoteWithPamt.class, td(), entries(), framesOfPamt(),
                        framesOfPamt(), framesOfPamt())
                        .writing("rcx", ENTRY).times(USUAL),
                host("TDH.MEM.PAGE.RELOCATE", TdhMemPageRelocate.class, td(), entries(), frames())
                        .writing("rcx", ENTRY).times(USUAL),
                host("TDH.MEM.SEPT.REMOVE", TdhMemSeptRemove.class, td(), entries())
                        .writing("rcx", ENTRY).times(USUAL),
                host("TDH.VP.ENTER", TdhVpEnter.class, td(), vcpus()).times(RESUMING),
                host("TDH.VP.ENTER", TdhVpEnterWithAnswer.class, td(), vcpus(),
                        Range.every(MapGpaAnswer.class),
                        Range.pages())
                        .times(RESUMING),
                host(
                        "TDH.MNG.INIT",
                        TdhMngInit.class,
                        td(),
                        Range.of(TdParams.SEPT_VE_DISABLE, 2L),
                        Range.of(3L),
                        Range.of(2, 0),
                        Range.of(0),
                        Range.of(0L),
                        Range.of(0x1EL),
                        Range.of(40),
                        Range.either()),
                host("TDH.VP.CREATE", TdhVpCreate.class, td(), vcpus(), frames()).times(LAUNCHING),
                host("TDH.VP.ADDCX", TdhVpAddcx.class, td(), vcpus(), frames()).times(2 * LAUNCHING),
                host("TDH.VP.INIT", TdhVpInit.class, td(), vcpus()).times(LAUNCHING),
                host("TDH.VP.FLUSH", TdhVpFlush.class, td(), vcpus()).times(LAUNCHING),
                host("TDH.MEM.PAGE.ADD", TdhMemPageAdd.class, td(), entries(), frames(), frames())
                        .writing("rcx", ENTRY).times(LAUNCHING),
                host("TDH.MR.EXTEND", TdhMrExtend.class, td(), Range.pages()),
                host("TDH.MR.FINALIZE", TdhMrFinalize.class, td()),
                host("kick", KickVcpu.class, td(), vcpus()),
                host("interrupt", RaiseInterrupt.class, td(), vcpus(), Range.of(1, 2, 3)),
                host("SEPT entry lock", HoldEntryLock.class, td(), Range.pages(), Range.levels(),
                        Range.every(Lock.class)),
                host("TD lock", HoldTdLock.class, td(), locks(), Range.every(Held.class)),
                host("host load", LoadUnderKeyId0.class, Range.frames()),
                host("host store", StoreUnderKeyId0.class, Range.frames()),
                host("map shared", MapShared.class, td(), Range.pages(), Range.frames()),
                host("unmap shared", UnmapShared.class, td(), Range.pages()),
                Form.of("TDG.MEM.PAGE.ACCEPT", Principal.GUEST, TdgMemPageAccept.class, entries())
                        .writing("rcx", ENTRY).times(RESUMING),
                Form.of(
                        "TDG.MEM.PAGE.ATTR.WR",
                        Principal.GUEST,
                        TdgMemPageAttrWr.class,
                        entries(),
                        Range.of(0x8003_0000L, 0x8001_0000L, 0x8000_0000L, 0x8002_0000L, 0L),
                        Range.of(0x800F_0000L, 0xF_0000L, 0L, 1L))
                        .writing("rcx", ENTRY),
                Form.of("TDG.VP.INVEPT", Principal.GUEST, TdgVpInvept.class, Range.of(2L, 1L, 4L)),
                Form.of(
                        "TDG.VP.VMCALL<MapGPA>",
                        Principal.GUEST,
                        TdgVpVmcallMapGpa.class,
                        Range.every(Mapping.class),
                        Range.pages(),
                        Range.of(0x1000L, 0L, 0x800L)),
                Form.of("TDG.VP.ENTER", Principal.GUEST, TdgVpEnter.class, Range.of(1, 2)),
                Form.of("IPI", Principal.GUEST, InterruptL2.class, vcpus()),
                Form.of("L2 load", Principal.INNER_GUEST, L2Load.class, Range.pages(), cpusOfL2()).times(USUAL),
                Form.of("L2 store", Principal.INNER_GUEST, L2Store.class, Range.pages(), cpusOfL2()).times(USUAL));
    }

    /** What software asks beside leaves, and leaves that tell the guest something. */
    public static List<Form> told() {
        return List.of(
                Form.told("await TD exit", AwaitTdExit.class, Principal.HOST),
                Form.told("is frame free", FrameIsFree.class, Principal.HOST),
                Form.told("INVEPT", FlushTranslations.class, Principal.GUEST, Principal.HOST),
                Form.told("TDH.PHYMEM.PAGE.WBINVD", TdhPhymemPageWbinvdOfTd.class, Principal.HOST),
                Form.told("await L2", AwaitL2.class, Principal.GUEST),
                Form.told("R11", ReadRetryAddress.class, Principal.GUEST),
                Form.told("TDG.MEM.PAGE.ATTR.RD", TdgMemPageAttrRd.class, Principal.GUEST).writing("rcx", ENTRY),
                Form.told("TDG.VP.INFO", TdgVpInfo.class, Principal.GUEST),
                Form.told("TDG.VP.VEINFO.GET", TdgVpVeinfoGet.class, Principal.GUEST));
    }

    private static <O extends Record & Operation<?>> Form host(String name, Class<O> type, Range... ranges) {
        return Form.of(name, Principal.HOST, type, ranges);
    }

    /** The TDs. */
    private static Range td() {
        return machine -> IntStream.range(0, machine.parts(Tdx.class).size()).boxed().toList();
    }

    /** Every frame, and an address that is none. */
    private static Range frames() {
        return Range.frames().or(Range.of(FreePage.OUTSIDE.index()));
    }

    /** The same where the module has dynamic PAMT; else none. */
    private static Range framesOfPamt() {
        return machine -> machine.find(TdxModule.class)
                .filter(module -> module.options().version().hasDynamicPamt())
                .map(_ -> List.copyOf(frames().in(machine)))
                .orElse(List.of());
    }

    /** RCX of every entry of the machine, and of some that no leaf takes. */
    private static Range entries() {
        return TdxForms::entries;
    }

    private static List<Long> entries(Machine machine) {
        List<Long> all = new ArrayList<>();
        for (Object gpa : Range.pages().in(machine)) {
            for (Object level : Range.levels().in(machine)) {
                all.add(SeptOperand.rcx((Long) gpa, ((Level) level).ordinal()));
            }
        }
        all.add(SHARED_BIT);
        all.add(7L);
        return all;
    }

    /** The locks of a TD; its root page is the module's to lock, where there is one. */
    private static Range locks() {
        return machine -> {
            List<TdLocks.Kind> kinds = new ArrayList<>(List.of(TdLocks.Kind.values()));
            if (machine.part(Tdx.class).root().hasLife()) {
                kinds.remove(TdLocks.Kind.TDR);
            }
            return kinds;
        };
    }

    /** The vCPUs that every TD has. */
    private static Range vcpus() {
        return machine -> IntStream.range(0, machine.parts(Tdx.class).stream()
                .mapToInt(tdx -> tdx.vcpus().count())
                .min()
                .orElse(0))
                .boxed()
                .toList();
    }

    /** The actors whose vCPU an L2 may run on. */
    private static Range cpusOfL2() {
        return machine -> {
            Tdx tdx = machine.part(Tdx.class);
            return tdx.inside().entersL2()
                    ? IntStream.range(0, tdx.vcpus().count())
                            .mapToObj(vcpu -> tdx.vcpus().first() + vcpu)
                            .toList()
                    : List.of(L2Load.OWN);
        };
    }
}
