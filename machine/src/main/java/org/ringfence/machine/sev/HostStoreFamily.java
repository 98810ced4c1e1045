package org.ringfence.machine.sev;

import java.util.List;
import java.util.stream.IntStream;
import org.ringfence.machine.memory.Level;
import org.ringfence.machine.memory.Memory;
import org.ringfence.machine.memory.Value;
import org.ringfence.machine.operation.Family;
import org.ringfence.machine.operation.Frame;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.operation.Successors;
import org.ringfence.machine.state.State;

/** The host writes its own value to any frame that is not assigned. Its argument: the frame. */
record HostStoreFamily(NestedGuest guest, Memory memory) implements Family {
    @Override
    public Principal principal() {
        return Principal.HOST;
    }

    @Override
    public void each(State state, Successors successors) {
        int frames = guest.geometry().frames();
        for (int frame = 0; frame < frames; frame++) {
            if (!guest.refusesHostWrite(state, frame, Level.SIZE_4K)) {
                memory.store(state, 0, frame, Value.HOST, 0);
                successors.take(frame);
            }
        }
    }

    @Override
    public List<Integer> arguments() {
        return IntStream.range(0, guest.geometry().frames()).boxed().toList();
    }

    @Override
    public Operation<?> operation(int arguments) {
        return new HostStore(new Frame(arguments), Value.HOST);
    }
}
