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
 * Any call that the machine knows, by an inner guest that is not trusted; it does not wait for answers. Its argument:
 * the request.
 */
public record CallFamily(CallingArea area) implements Family {
    @Override
    public Principal principal() {
        return Principal.INNER_GUEST;
    }

    @Override
    public void each(State state, Successors successors) {
        for (int request = 0; request < area.requests().size(); request++) {
            if (area.post(state, request)) {
                successors.take(request);
            }
        }
    }

    @Override
    public List<Integer> arguments() {
        return IntStream.range(0, area.requests().size()).boxed().toList();
    }

    @Override
    public Operation<?> operation(int arguments) {
        return new PostCall(arguments);
    }
}
