package org.ringfence.machine.tdx.module.sys;

import org.ringfence.machine.operation.Guards;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.tdx.abi.Endings;
import org.ringfence.machine.tdx.abi.ModuleStatus;
import org.ringfence.machine.tdx.abi.SeamcallLeaf;
import org.ringfence.machine.tdx.abi.TdxGuard;
import org.ringfence.machine.tdx.module.ModuleLocks.Held;
import org.ringfence.machine.tdx.module.ModuleLocks.Kind;
import org.ringfence.machine.tdx.module.SystemState;
import org.ringfence.machine.tdx.module.TdxModule;

/**
 * TDH.SYS.INIT, SEAMCALL leaf 33: begins the module's life, once on any logical processor. Source: TDX module 1.5.01,
 * tdh_sys_init.c.
 *
 * @param rcx attributes, all of them reserved
 */
public record TdhSysInit(long rcx) implements SystemCall.Listed<TdhSysInit.Result> {

    /** How TDH.SYS.INIT ends. */
    public enum Result implements ModuleStatus {
        TDX_SUCCESS,
        TDX_SEAMCALL_VMFAILINVALID,
        TDX_SYS_SHUTDOWN,
        TDX_SYS_BUSY,
        TDX_OPERAND_INVALID_RCX,
        TDX_SYS_INIT_NOT_PENDING
    }

    private static final Endings<Result> ENDINGS = Endings.of(Result.class);

    @Override
    public Endings<Result> endings() {
        return ENDINGS;
    }

    @Override
    public SeamcallLeaf number() {
        return SeamcallLeaf.TDH_SYS_INIT;
    }

    @Override
    public Body body(Machine machine, TdxModule module, Guards guards, int lp) {
        boolean checksLock = guards.checks(TdxGuard.SYSTEM_IS_NOT_LOCKED);
        boolean refused = rcx != 0 && guards.checks(TdxGuard.SYS_INIT_ATTRIBUTES_ARE_ZERO);
        boolean checksState = guards.checks(TdxGuard.SYS_INIT_IS_FIRST);
        return (state, outputs) -> {
            if (checksLock && module.locks().isBusy(state, Kind.SYS, 0, Held.EXCLUSIVE)) {
                return Result.TDX_SYS_BUSY;
            }
            if (refused) {
                return Result.TDX_OPERAND_INVALID_RCX;
            }
            if (checksState && module.system().get(state) != SystemState.SYSINIT_PENDING) {
                return Result.TDX_SYS_INIT_NOT_PENDING;
            }
            module.system().set(state, SystemState.SYSINIT_DONE);
            return Result.TDX_SUCCESS;
        };
    }
}
