package org.ringfence.machine.tdx.module;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Outcome;
import org.ringfence.machine.state.State;
import org.ringfence.machine.tdx.abi.After;
import org.ringfence.machine.tdx.abi.Completion;
import org.ringfence.machine.tdx.abi.Leaf;
import org.ringfence.machine.tdx.abi.ModuleCall;
import org.ringfence.machine.tdx.abi.OperandId;
import org.ringfence.machine.tdx.abi.Outputs;
import org.ringfence.machine.tdx.abi.Registers;
import org.ringfence.machine.tdx.abi.SeamcallLeaf;
import org.ringfence.machine.tdx.abi.TdxStatus;
import org.ringfence.machine.tdx.module.mng.TdhMngAddcx;
import org.ringfence.machine.tdx.module.mng.TdhMngCreate;
import org.ringfence.machine.tdx.module.mng.TdhMngKeyConfig;
import org.ringfence.machine.tdx.module.mng.TdhMngKeyFreeid;
import org.ringfence.machine.tdx.module.mng.TdhMngKeyReclaimid;
import org.ringfence.machine.tdx.module.mng.TdhMngVpflushdone;
import org.ringfence.machine.tdx.module.phymem.TdhPhymemCacheWb;
import org.ringfence.machine.tdx.module.phymem.TdhPhymemPageRdmd;
import org.ringfence.machine.tdx.module.phymem.TdhPhymemPageReclaim;
import org.ringfence.machine.tdx.module.phymem.TdhPhymemPageWbinvd;
import org.ringfence.machine.tdx.module.phymem.TdhPhymemPamtAdd;
import org.ringfence.machine.tdx.module.phymem.TdhPhymemPamtRemove;
import org.ringfence.machine.tdx.module.sys.TdhSysConfig;
import org.ringfence.machine.tdx.module.sys.TdhSysInfo;
import org.ringfence.machine.tdx.module.sys.TdhSysInit;
import org.ringfence.machine.tdx.module.sys.TdhSysKeyConfig;
import org.ringfence.machine.tdx.module.sys.TdhSysLpInit;
import org.ringfence.machine.tdx.module.sys.TdhSysLpShutdown;
import org.ringfence.machine.tdx.module.sys.TdhSysRd;
import org.ringfence.machine.tdx.module.sys.TdhSysShutdown;
import org.ringfence.machine.tdx.module.sys.TdhSysTdmrInit;

/**
 * SEAMCALL in its raw form: registers in, registers out. RAX names the leaf (15:0) and its version (23:16); other bits
 * of it, a leaf that does not exist and a version that it has not are refused as TDX_OPERAND_INVALID of RAX, before the
 * module looks at anything else but that it is there and not shut down. Source: TDX module 1.5.01,
 * tdx_vmm_dispatcher.c.
 *
 * @param decoders how registers become a call, for each leaf that is built
 * @param memory what leaves read and write in shared memory
 */
public record Seamcalls(Map<SeamcallLeaf, Decoder> decoders, HostWords memory) {

    private static final long LEAF = 0xFFFF;
    private static final int VERSION_SHIFT = 16;
    private static final long VERSION = 0xFF;
    private static final long RESERVED = ~0xFF_FFFFL;

    /** Makes a call of registers. */
    @FunctionalInterface
    public interface Decoder {
        /**
         * The call that {@code in} asks for.
         *
         * @param version of the leaf
         */
        ModuleCall<?> decode(Machine machine, Registers in, int version);
    }

    public Seamcalls {
        decoders = Map.copyOf(decoders);
    }

    /** The leaves of this package. */
    public static Seamcalls of(HostWords memory) {
        Map<SeamcallLeaf, Decoder> own = new EnumMap<>(SeamcallLeaf.class);
        own.put(SeamcallLeaf.TDH_SYS_INIT, (machine, in, version) -> new TdhSysInit(in.rcx()));
        own.put(SeamcallLeaf.TDH_SYS_LP_INIT, (machine, in, version) -> new TdhSysLpInit());
        own.put(
                SeamcallLeaf.TDH_SYS_INFO,
                (machine, in, version) -> new TdhSysInfo(in.rcx(), in.rdx(), in.r8(), in.r9()));
        own.put(SeamcallLeaf.TDH_SYS_RD, (machine, in, version) -> new TdhSysRd(in.rdx()));
        own.put(
                SeamcallLeaf.TDH_SYS_CONFIG,
                (machine, in, version) -> config(machine.part(TdxModule.class).options(), memory, in));
        own.put(SeamcallLeaf.TDH_SYS_KEY_CONFIG, (machine, in, version) -> new TdhSysKeyConfig());
        own.put(SeamcallLeaf.TDH_SYS_TDMR_INIT, (machine, in, version) -> new TdhSysTdmrInit(in.rcx()));
        own.put(SeamcallLeaf.TDH_SYS_LP_SHUTDOWN, (machine, in, version) -> new TdhSysLpShutdown());
        own.put(SeamcallLeaf.TDH_SYS_SHUTDOWN, (machine, in, version) -> new TdhSysShutdown(in.rcx()));
        own.put(SeamcallLeaf.TDH_MNG_CREATE, (machine, in, version) -> new TdhMngCreate(in.rcx(), in.rdx()));
        own.put(SeamcallLeaf.TDH_MNG_KEY_CONFIG, (machine, in, version) -> new TdhMngKeyConfig(in.rcx()));
        own.put(SeamcallLeaf.TDH_MNG_ADDCX, (machine, in, version) -> new TdhMngAddcx(in.rcx(), in.rdx()));
        own.put(SeamcallLeaf.TDH_MNG_VPFLUSHDONE, (machine, in, version) -> new TdhMngVpflushdone(in.rcx()));
        own.put(SeamcallLeaf.TDH_MNG_KEY_FREEID, (machine, in, version) -> new TdhMngKeyFreeid(in.rcx()));
        own.put(SeamcallLeaf.TDH_MNG_KEY_RECLAIMID, (machine, in, version) -> new TdhMngKeyReclaimid(in.rcx()));
        own.put(SeamcallLeaf.TDH_PHYMEM_CACHE_WB, (machine, in, version) -> new TdhPhymemCacheWb(in.rcx()));
        own.put(SeamcallLeaf.TDH_PHYMEM_PAGE_RECLAIM, (machine, in, version) -> new TdhPhymemPageReclaim(in.rcx()));
        own.put(SeamcallLeaf.TDH_PHYMEM_PAGE_WBINVD, (machine, in, version) -> new TdhPhymemPageWbinvd(in.rcx()));
        own.put(SeamcallLeaf.TDH_PHYMEM_PAGE_RDMD, (machine, in, version) -> new TdhPhymemPageRdmd(in.rcx()));
        own.put(
                SeamcallLeaf.TDH_PHYMEM_PAMT_ADD,
                (machine, in, version) -> new TdhPhymemPamtAdd(in.rcx(), in.rdx(), in.r8()));
        own.put(SeamcallLeaf.TDH_PHYMEM_PAMT_REMOVE, (machine, in, version) -> new TdhPhymemPamtRemove(in.rcx()));
        return new Seamcalls(own, memory);
    }

    /** These and others: how another package adds its leaves. */
    public Seamcalls with(Map<SeamcallLeaf, Decoder> others) {
        Map<SeamcallLeaf, Decoder> all = new EnumMap<>(decoders);
        all.putAll(others);
        return new Seamcalls(all, memory);
    }

    private static TdhSysConfig config(ModuleOptions options, HostWords memory, Registers in) {
        List<TdhSysConfig.Entry> tdmrs = new ArrayList<>();
        if (options.isShared(in.rcx(), TdhSysConfig.ALIGNMENT)
                && in.rdx() > 0
                && in.rdx() <= ModuleOptions.MAX_TDMRS) {
            for (int i = 0; i < in.rdx(); i++) {
                long pa = memory.read(in.rcx() + 8L * i);
                TdmrInfo tdmr = options.isShared(pa, TdhSysConfig.ALIGNMENT)
                        ? TdmrInfo.read(memory::read, pa)
                        : new TdmrInfo(0, 0, 0, 0, 0, 0, 0, 0, List.of());
                tdmrs.add(new TdhSysConfig.Entry(pa, tdmr));
            }
        }
        return new TdhSysConfig(in.rcx(), in.rdx(), in.r8(), tdmrs);
    }

    /**
     * Makes the call that {@code in} asks for on {@code actor}'s logical processor, in one go; RAX and the outputs. A
     * processor that the call shuts down never returns; VMfailInvalid stands for that too. TDH.VP.ENTER that nothing
     * refuses leaves for the guest.
     */
    public After seamcall(Machine machine, State state, Actor actor, Registers in) {
        TdxModule module = machine.part(TdxModule.class);
        if (module.seam().disabled().get(state)) {
            return new After.Returned(Registers.of(TdxStatus.TDX_SEAMCALL_VMFAILINVALID.code()));
        }
        long refused = new Completion(TdxStatus.TDX_OPERAND_INVALID, OperandId.RAX).rax();
        int version = (int) (in.rax() >>> VERSION_SHIFT & VERSION);
        SeamcallLeaf leaf = SeamcallLeaf.of((int) (in.rax() & LEAF)).orElse(null);
        if ((in.rax() & RESERVED) != 0 || leaf != null && !leaf.accepts(version) || leaf == null && version > 0) {
            return new After.Returned(in.withRax(refused));
        }
        SystemState now = module.system().get(state);
        if (leaf == null) {
            return new After.Returned(in.withRax(
                    now == SystemState.SYS_SHUTDOWN
                            ? TdxStatus.TDX_SYS_SHUTDOWN.code()
                            : now != SystemState.SYS_READY ? TdxStatus.TDX_SYS_NOT_READY.code() : refused));
        }
        Decoder decoder = decoders.get(leaf);
        if (decoder == null) {
            throw new IllegalArgumentException(leaf.mnemonic() + " is not built");
        }
        Registers out = make(machine, state, actor, leaf, in, decoder.decode(machine, in, version));
        return leaf == SeamcallLeaf.TDH_VP_ENTER && out.rax() == 0 ? new After.Left() : new After.Returned(out);
    }

    /** Whether the dispatcher ends a call so, before any leaf begins. */
    private static boolean isOfDispatcher(long rax) {
        return rax == TdxStatus.TDX_SYS_NOT_READY.code() || rax == TdxStatus.TDX_SYS_SHUTDOWN.code();
    }

    private Registers make(
            Machine machine, State state, Actor actor, SeamcallLeaf leaf, Registers in, ModuleCall<?> call) {
        Leaf bound = call.leaf(machine, actor);
        TdxModule module = machine.part(TdxModule.class);
        while (true) {
            Outputs outputs = Outputs.keeping(in);
            leaf.clear(outputs);
            long code = bound.take(state, outputs);
            if (code >= 0 && isOfDispatcher(call.rax(code))) {
                return in.withRax(call.rax(code));
            }
            if (code >= 0) {
                if (call instanceof TdhSysInfo info && call.rax(code) == 0) {
                    tell(module.options(), info);
                }
                return outputs.with(call.rax(code));
            }
            if (module.seam().shutDown().get(state, module.lp(actor))) {
                return Registers.of(TdxStatus.TDX_SEAMCALL_VMFAILINVALID.code());
            }
            if (code != Outcome.EXITS && code != Outcome.STAYS) {
                throw new IllegalStateException(
                        call + " waits: the machine has room for " + module.options().tds() + " TDs");
            }
        }
    }

    private void tell(ModuleOptions options, TdhSysInfo info) {
        for (int i = 0; i < TdhSysInfo.STRUCT; i += 8) {
            memory.write(info.rcx() + i, 0);
        }
        memory.write(info.rcx(), 0x8086L << 32);
        memory.write(info.rcx() + 8, 5L << 48);
        memory.write(info.rcx() + 16, 1 | 1 << 16);
        memory.write(
                info.rcx() + 32,
                ModuleOptions.MAX_TDMRS
                        | (long) ModuleOptions.MAX_RESERVED_AREAS << 16
                        | (long) TdmrInfo.PAMT_ENTRY << 32);
        for (int i = 0; i < ModuleOptions.MAX_CMRS; i++) {
            MemoryRange cmr = i < options.cmrs().size() ? options.cmrs().get(i) : new MemoryRange(0, 0);
            memory.write(info.r8() + 16L * i, cmr.base());
            memory.write(info.r8() + 16L * i + 8, cmr.size());
        }
    }
}
