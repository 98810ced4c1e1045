package org.ringfence.machine.tdx.module.sys;

import org.ringfence.machine.operation.Guards;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.tdx.abi.Endings;
import org.ringfence.machine.tdx.abi.ModuleStatus;
import org.ringfence.machine.tdx.abi.SeamcallLeaf;
import org.ringfence.machine.tdx.module.TdxModule;

/**
 * TDH.SYS.LP.SHUTDOWN, SEAMCALL leaf 44: in this module a place-holder for older hosts; it changes nothing. Source: TDX
 * module 1.5.01, tdh_sys_lp_shutdown.c.
 */
public record TdhSysLpShutdown() implements SystemCall.Listed<TdhSysLpShutdown.Result> {

    /** How TDH.SYS.LP.SHUTDOWN ends. */
    public enum Result implements ModuleStatus {
        TDX_SUCCESS,
        TDX_SEAMCALL_VMFAILINVALID
    }

    private static final Endings<Result> ENDINGS = Endings.of(Result.class);

    @Override
    public Endings<Result> endings() {
        return ENDINGS;
    }

    @Override
    public SeamcallLeaf number() {
        return SeamcallLeaf.TDH_SYS_LP_SHUTDOWN;
    }

    @Override
    public Body body(Machine machine, TdxModule module, Guards guards, int lp) {
        return (state, outputs) -> Result.TDX_SUCCESS;
    }
}
