package org.ringfence.machine.tdx.tdcall;

import org.ringfence.machine.operation.Action;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Outcome;
import org.ringfence.machine.operation.Step;
import org.ringfence.machine.tdx.td.Tdx;

/** L1 interrupts another of its vCPUs: where that runs an L2 VM, the L2 exits to L1. */
public record InterruptL2(int vcpu) implements Action {
    @Override
    public Step on(Machine machine, Actor actor) {
        Tdx tdx = Tdx.of(machine, actor);
        tdx.vcpus().require(vcpu);
        return state -> {
            if (!tdx.runs(state, actor)) {
                return Outcome.WAITS;
            }
            tdx.inside().toL1(state, vcpu);
            return Done.DONE.ordinal();
        };
    }

    @Override
    public String mnemonic() {
        return "IPI";
    }
}
