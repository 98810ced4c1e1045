package org.ringfence.machine.tdx.tdcall;

import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Outcome;
import org.ringfence.machine.operation.Results;
import org.ringfence.machine.tdx.abi.Leaf;
import org.ringfence.machine.tdx.abi.ModuleCall;
import org.ringfence.machine.tdx.abi.ModuleStatus;
import org.ringfence.machine.tdx.td.TdParams;
import org.ringfence.machine.tdx.td.Tdcs;
import org.ringfence.machine.tdx.td.Tdx;

/**
 * TDG.VP.INFO, TDCALL leaf 1: tells the guest how wide its addresses are (RCX), its attributes (RDX), how many vCPUs it
 * has and may have (R8), and its own index (R9). Source: TDX module 1.5.01, tdg_vp_info.c.
 */
public record TdgVpInfo() implements ModuleCall<TdgVpInfo.Result> {

    /** How TDG.VP.INFO ends. */
    public enum Result implements ModuleStatus {
        TDX_SUCCESS
    }

    @Override
    public Results<Result> results() {
        return new Results.Closed<>(Result.class);
    }

    @Override
    public Leaf leaf(Machine machine, Actor actor) {
        Tdx tdx = Tdx.of(machine, actor);
        tdx.requireL1(actor, this);
        int vcpu = tdx.vcpus().of(actor);
        return (state, outputs) -> {
            if (!tdx.runs(state, actor)) {
                return Outcome.WAITS;
            }
            Tdcs control = tdx.control();
            long count = control.kept() ? control.vcpus().get(state) : tdx.vcpus().count();
            long most = control.kept() ? control.maxVcpus().get(state) : tdx.vcpus().count();
            outputs.rcx(tdx.options().width().bits());
            outputs.rdx((control.isVeDisabled(state) ? TdParams.SEPT_VE_DISABLE : 0)
                    | (control.isDebug(state) ? TdParams.DEBUG : 0));
            outputs.r8(count | most << 32);
            outputs.r9(control.kept() ? tdx.vps().index().get(state, vcpu) : vcpu);
            outputs.r10(1);
            return Result.TDX_SUCCESS.ordinal();
        };
    }

    @Override
    public String mnemonic() {
        return "TDG.VP.INFO";
    }
}
