package org.ringfence.machine.tdx.tdcall;

import java.util.ArrayList;
import java.util.List;
import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Outcome;
import org.ringfence.machine.operation.Results;
import org.ringfence.machine.operation.Step;
import org.ringfence.machine.state.State;
import org.ringfence.machine.tdx.td.RetryAddress;
import org.ringfence.machine.tdx.td.Tdx;
import org.ringfence.machine.tdx.td.Vcpus;

/**
 * A guest looks at R11 of the {@link TdgVpVmcallMapGpa} that ended with {@link TdgVpVmcallMapGpa#RETRY}. It is what an
 * honest host has left there, and anything where the host need not be honest.
 *
 * @param geometry of the machine, so that the results are known
 */
public record ReadRetryAddress(Geometry geometry) implements Operation<RetryAddress> {
    @Override
    public Results<RetryAddress> results() {
        List<RetryAddress> addresses = new ArrayList<>();
        for (int page = 0; page < geometry.pages(); page++) {
            addresses.add(new RetryAddress(geometry.gpa(page)));
        }
        addresses.add(new RetryAddress(RetryAddress.OUTSIDE));
        return new Results.Listed<>(addresses);
    }

    @Override
    public Step on(Machine machine, Actor actor) {
        Tdx tdx = Tdx.of(machine, actor);
        Vcpus vcpus = tdx.vcpus();
        int vcpu = vcpus.of(actor);
        long anything = Outcome.choice(geometry.pages() + 1);
        return state -> tdx.runs(state, actor) ? take(vcpus, state, vcpu, anything) : Outcome.WAITS;
    }

    private static long take(Vcpus vcpus, State state, int vcpu, long anything) {
        int known = vcpus.retry().get(state, vcpu);
        vcpus.retry().set(state, vcpu, 0);
        return known == 0 ? anything : known - 1;
    }

    @Override
    public String mnemonic() {
        return "R11";
    }
}
