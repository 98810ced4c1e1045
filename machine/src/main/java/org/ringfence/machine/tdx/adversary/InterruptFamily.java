package org.ringfence.machine.tdx.adversary;

import java.util.List;
import java.util.stream.IntStream;
import org.ringfence.machine.operation.Family;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.operation.Successors;
import org.ringfence.machine.state.State;
import org.ringfence.machine.tdx.host.RaiseInterrupt;
import org.ringfence.machine.tdx.td.Tdx;

/**
 * {@link RaiseInterrupt} after any number of pages. Arguments: vCPU times that number's most, plus the number less one.
 */
public record InterruptFamily(Tdx tdx) implements Family {
    @Override
    public Principal principal() {
        return Principal.HOST;
    }

    @Override
    public void each(State state, Successors successors) {
        int vcpus = tdx.vcpus().count();
        int most = tdx.vcpus().interruptAfter().max();
        for (int vcpu = 0; vcpu < vcpus; vcpu++) {
            if (RaiseInterrupt.isPossible(tdx, state, vcpu)) {
                for (int chunks = 1; chunks <= most; chunks++) {
                    tdx.vcpus().interruptAfter().set(state, vcpu, chunks);
                    successors.take(vcpu * most + chunks - 1);
                }
            }
        }
    }

    @Override
    public List<Integer> arguments() {
        return IntStream.range(0, tdx.vcpus().count() * tdx.vcpus().interruptAfter().max()).boxed().toList();
    }

    @Override
    public Operation<?> operation(int arguments) {
        int most = tdx.vcpus().interruptAfter().max();
        return new RaiseInterrupt(tdx.td(), arguments / most, arguments % most + 1);
    }
}
