package org.ringfence.machine.tdx.module.sys;

import org.ringfence.machine.operation.Guards;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.tdx.abi.Endings;
import org.ringfence.machine.tdx.abi.ModuleStatus;
import org.ringfence.machine.tdx.abi.SeamcallLeaf;
import org.ringfence.machine.tdx.abi.TdxGuard;
import org.ringfence.machine.tdx.module.ModuleLocks.Held;
import org.ringfence.machine.tdx.module.ModuleLocks.Kind;
import org.ringfence.machine.tdx.module.PageSize;
import org.ringfence.machine.tdx.module.TdmrTable;
import org.ringfence.machine.tdx.module.TdxModule;

/**
 * TDH.SYS.TDMR.INIT, SEAMCALL leaf 36: initializes the next PAMT entries of a TDMR, 1024 of 4K in life, by MOVDIR64B
 * under the global KeyID. RDX tells how far the TDMR is usable: the next address rounded down to 1G, so that it stands
 * still while a block is not complete. Source: TDX module 1.5.01, tdh_sys_tdmr_init.c, pamt_manager.c (pamt_init).
 *
 * @param rcx where the TDMR begins
 */
public record TdhSysTdmrInit(long rcx) implements SystemCall.Listed<TdhSysTdmrInit.Result> {

    /** How TDH.SYS.TDMR.INIT ends. */
    public enum Result implements ModuleStatus {
        TDX_SUCCESS,
        TDX_SEAMCALL_VMFAILINVALID,
        TDX_SYS_SHUTDOWN,
        TDX_SYS_NOT_READY,
        TDX_OPERAND_INVALID_RCX,
        TDX_OPERAND_BUSY_RCX,
        TDX_TDMR_ALREADY_INITIALIZED
    }

    private static final Endings<Result> ENDINGS = Endings.of(Result.class);

    @Override
    public Endings<Result> endings() {
        return ENDINGS;
    }

    @Override
    public SeamcallLeaf number() {
        return SeamcallLeaf.TDH_SYS_TDMR_INIT;
    }

    @Override
    public Body body(Machine machine, TdxModule module, Guards guards, int lp) {
        long gigabyte = PageSize.PT_1GB.bytes();
        boolean plain = module.options().isPlain(rcx, gigabyte)
                || !guards.checks(TdxGuard.TDMR_INIT_OPERAND_IS_WELL_FORMED);
        long hpa = module.options().withoutKeyId(rcx) & -gigabyte;
        boolean checksLock = guards.checks(TdxGuard.TDMR_INIT_IS_ALONE);
        long step = module.options().entriesPerInit() * PageSize.PT_4KB.bytes();
        return (state, outputs) -> {
            TdmrTable tdmrs = module.tdmrs();
            int i = plain ? tdmrs.at(state, hpa) : -1;
            if (i < 0) {
                return Result.TDX_OPERAND_INVALID_RCX;
            }
            if (checksLock && module.locks().isBusy(state, Kind.TDMR, i, Held.EXCLUSIVE)) {
                return Result.TDX_OPERAND_BUSY_RCX;
            }
            long next = tdmrs.next(state, i);
            if (next >= tdmrs.end(state, i)) {
                return Result.TDX_TDMR_ALREADY_INITIALIZED;
            }
            module.pamt().initialize(state, i, next, next + step);
            tdmrs.calls().set(state, i, tdmrs.calls().get(state, i) + 1);
            outputs.rdx(next + step & -gigabyte);
            return Result.TDX_SUCCESS;
        };
    }
}
