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
 * TDH.SYS.SHUTDOWN, SEAMCALL leaf 52: ends the module's service, before another takes over. No other logical processor
 * may be in the module. What it hands over to its successor is left out. Source: TDX module 1.5.01, tdh_sys_shutdown.c.
 *
 * @param rcx version of the data that is handed over: {@value #HANDOFF_VERSION} alone here
 */
public record TdhSysShutdown(long rcx) implements SystemCall.Listed<TdhSysShutdown.Result> {

    /** How TDH.SYS.SHUTDOWN ends. */
    public enum Result implements ModuleStatus {
        TDX_SUCCESS,
        TDX_SEAMCALL_VMFAILINVALID,
        TDX_SYS_SHUTDOWN,
        TDX_SYS_NOT_READY,
        TDX_OPERAND_INVALID_RCX,
        TDX_SYS_BUSY
    }

    private static final Endings<Result> ENDINGS = Endings.of(Result.class);

    @Override
    public Endings<Result> endings() {
        return ENDINGS;
    }

    @Override
    public SeamcallLeaf number() {
        return SeamcallLeaf.TDH_SYS_SHUTDOWN;
    }

    @Override
    public Body body(Machine machine, TdxModule module, Guards guards, int lp) {
        boolean refused = rcx != HANDOFF_VERSION && guards.checks(TdxGuard.SYS_SHUTDOWN_VERSION_IS_KNOWN);
        boolean checksLock = guards.checks(TdxGuard.SYSTEM_IS_NOT_LOCKED);
        return (state, outputs) -> {
            if (refused) {
                return Result.TDX_OPERAND_INVALID_RCX;
            }
            if (checksLock && module.locks().isBusy(state, Kind.SYS, 0, Held.EXCLUSIVE)) {
                return Result.TDX_SYS_BUSY;
            }
            module.system().set(state, SystemState.SYS_SHUTDOWN);
            return Result.TDX_SUCCESS;
        };
    }

    /** The one version of handoff data that this module knows. */
    public static final int HANDOFF_VERSION = 0;
}
