package org.ringfence.machine.sev;

import java.util.List;
import java.util.stream.IntStream;
import org.ringfence.machine.operation.Family;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.operation.Successors;
import org.ringfence.machine.state.State;

/** VMRUN of any vCPU that exited, actors 0 to {@code vcpus - 1}. Its argument: the vCPU. */
record VmrunFamily(NestedGuest guest, int vcpus) implements Family {
    @Override
    public Principal principal() {
        return Principal.HOST;
    }

    @Override
    public void each(State state, Successors successors) {
        for (int vcpu = 0; vcpu < vcpus; vcpu++) {
            if (guest.canRun(state, vcpu) && guest.exits().resume(state, vcpu)) {
                successors.take(vcpu);
            }
        }
    }

    @Override
    public List<Integer> arguments() {
        return IntStream.range(0, vcpus).boxed().toList();
    }

    @Override
    public Operation<?> operation(int arguments) {
        return new Vmrun(arguments);
    }
}
