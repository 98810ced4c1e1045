package org.ringfence.machine.tdx.module.mng;

import org.ringfence.machine.operation.Guards;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.tdx.abi.Endings;
import org.ringfence.machine.tdx.abi.ModuleStatus;
import org.ringfence.machine.tdx.abi.SeamcallLeaf;
import org.ringfence.machine.tdx.module.TdxModule;
import org.ringfence.machine.tdx.module.sys.SystemCall;

/**
 * TDH.MNG.KEY.RECLAIMID, SEAMCALL leaf 27: does nothing in this module. Source: TDX module 1.5.01,
 * tdh_mng_key_reclaimid.c.
 *
 * @param rcx address of the TDR, at which the module does not look
 */
public record TdhMngKeyReclaimid(long rcx) implements SystemCall.Listed<TdhMngKeyReclaimid.Result> {

    /** How TDH.MNG.KEY.RECLAIMID ends. */
    public enum Result implements ModuleStatus {
        TDX_SUCCESS,
        TDX_SEAMCALL_VMFAILINVALID,
        TDX_SYS_SHUTDOWN,
        TDX_SYS_NOT_READY
    }

    private static final Endings<Result> ENDINGS = Endings.of(Result.class);

    @Override
    public Endings<Result> endings() {
        return ENDINGS;
    }

    @Override
    public SeamcallLeaf number() {
        return SeamcallLeaf.TDH_MNG_KEY_RECLAIMID;
    }

    @Override
    public Body body(Machine machine, TdxModule module, Guards guards, int lp) {
        return (state, outputs) -> Result.TDX_SUCCESS;
    }
}
