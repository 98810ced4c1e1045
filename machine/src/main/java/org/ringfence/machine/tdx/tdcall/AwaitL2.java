package org.ringfence.machine.tdx.tdcall;

import org.ringfence.machine.operation.Action;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Outcome;
import org.ringfence.machine.operation.Step;
import org.ringfence.machine.tdx.td.Tdx;

/**
 * L1 waits until another of its vCPUs runs an L2 VM again: after an {@link InterruptL2} its software there has been
 * through all that it does between two runs. It stands for the flag by which that software would say so.
 */
public record AwaitL2(int vcpu) implements Action {
    @Override
    public Step on(Machine machine, Actor actor) {
        Tdx tdx = Tdx.of(machine, actor);
        tdx.vcpus().require(vcpu);
        return state -> tdx.runs(state, actor) && tdx.inside().l2(state, vcpu) != 0
                ? Done.DONE.ordinal()
                : Outcome.WAITS;
    }

    @Override
    public String mnemonic() {
        return "await L2";
    }
}
