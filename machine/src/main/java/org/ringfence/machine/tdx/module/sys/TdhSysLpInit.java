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
 * TDH.SYS.LP.INIT, SEAMCALL leaf 35: makes the logical processor that calls it known to the module. It also flushes
 * every translation that the processor holds. Until when it may be called depends on the
 * {@linkplain ModuleVersion module}. Source: TDX module 1.5.01, tdh_sys_lp_init.c.
 */
public record TdhSysLpInit() implements SystemCall.Listed<TdhSysLpInit.Result> {

    /** How TDH.SYS.LP.INIT ends. */
    public enum Result implements ModuleStatus {
        TDX_SUCCESS,
        TDX_SEAMCALL_VMFAILINVALID,
        TDX_SYS_SHUTDOWN,
        TDX_SYS_BUSY,
        TDX_SYS_LP_INIT_NOT_PENDING,
        TDX_SYS_LP_INIT_DONE,
        TDX_RND_NO_ENTROPY
    }

    private static final Endings<Result> ENDINGS = Endings.of(Result.class);

    @Override
    public Endings<Result> endings() {
        return ENDINGS;
    }

    @Override
    public SeamcallLeaf number() {
        return SeamcallLeaf.TDH_SYS_LP_INIT;
    }

    @Override
    public Body body(Machine machine, TdxModule module, Guards guards, int lp) {
        boolean checksLock = guards.checks(TdxGuard.SYSTEM_IS_NOT_LOCKED);
        boolean checksState = guards.checks(TdxGuard.SYS_LP_INIT_IS_IN_TIME);
        boolean checksOnce = guards.checks(TdxGuard.SYS_LP_INIT_IS_ONCE);
        boolean anyTime = !module.options().version().initializesEveryLpFirst();
        return (state, outputs) -> {
            if (checksLock && module.locks().isBusy(state, Kind.SYS, 0, Held.SHARED)) {
                return Result.TDX_SYS_BUSY;
            }
            SystemState now = module.system().get(state);
            boolean pending = anyTime ? now != SystemState.SYSINIT_PENDING : now == SystemState.SYSINIT_DONE;
            if (checksState && !pending) {
                return Result.TDX_SYS_LP_INIT_NOT_PENDING;
            }
            if (checksOnce && module.initialized().get(state, lp)) {
                return Result.TDX_SYS_LP_INIT_DONE;
            }
            if (!module.hasEntropy(state, lp)) {
                return Result.TDX_RND_NO_ENTROPY;
            }
            module.initialized().set(state, lp, true);
            return Result.TDX_SUCCESS;
        };
    }
}
