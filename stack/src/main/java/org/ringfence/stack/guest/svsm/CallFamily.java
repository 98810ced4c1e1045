package org.ringfence.stack.guest.svsm;

import java.util.List;
import java.util.stream.IntStream;
import org.ringfence.machine.operation.Family;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.operation.Successors;
import org.ringfence.machine.state.State;
import org.ringfence.stack.guest.svsm.CallOperation.PostCall;

/**
 * Any call that the machine knows, on any CPU, by an inner guest that is not trusted; it does not wait for answers. Its
 * argument: the call, and the CPU.
 */
public record CallFamily(CallingArea area) implements Family {
    @Override
    public Principal principal() {
        return Principal.INNER_GUEST;
    }

    @Override
    public void each(State state, Successors successors) {
        int calls = area.calls().size();
        for (int argument = 0; argument < area.cpus() * calls; argument++) {
            if (area.post(state, argument / calls, argument % calls)) {
                successors.take(argument);
            }
        }
    }

    @Override
    public List<Integer> arguments() {
        return IntStream.range(0, area.cpus() * area.calls().size()).boxed().toList();
    }

    @Override
    public Operation<?> operation(int argument) {
        int calls = area.calls().size();
        return PostCall.of(argument / calls, area.calls().get(argument % calls));
    }
}
