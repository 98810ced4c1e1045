package org.ringfence.machine.tdx.seamcall;

import org.ringfence.machine.state.State;
import org.ringfence.machine.tdx.abi.ModuleStatus;
import org.ringfence.machine.tdx.module.ModuleLocks.Held;
import org.ringfence.machine.tdx.td.Refusal;
import org.ringfence.machine.tdx.td.Tdx;

/**
 * A leaf function of the host's on a vCPU, whose root page (TDVPR) a register names; the TD is the owner of that page. So the vCPU is looked at before the
 * TD is.
 *
 * @param <R> the statuses that it ends with
 */
public interface VcpuCall<R extends Enum<R> & ModuleStatus> extends TdCall<R> {

    /** The vCPU, from 0. */
    int vcpu();

    /** The register that names it. */
    default String tdvprRegister() {
        return "RCX";
    }

    @Override
    default Refusal refuse(Tdx tdx, State state, int lp, int allowed) {
        return tdx.admission().refusesVcpu(state, lp, vcpu(), Held.EXCLUSIVE, allowed);
    }

    @Override
    default Codes codes() {
        return Codes.of(type(), "TDR", tdvprRegister(), "RCX");
    }
}
