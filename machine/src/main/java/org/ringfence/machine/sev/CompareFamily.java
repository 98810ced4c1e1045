package org.ringfence.machine.sev;

import java.util.List;
import java.util.stream.IntStream;
import org.ringfence.machine.memory.Ledger;
import org.ringfence.machine.memory.Memory;
import org.ringfence.machine.operation.Family;
import org.ringfence.machine.operation.Frame;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.operation.Successors;
import org.ringfence.machine.state.State;

/** {@link CompareCiphertext} of any frame. Its argument: the frame. */
record CompareFamily(Principal principal, CiphertextNote note, Memory memory) implements Family {
    @Override
    public void each(State state, Successors successors) {
        int frames = memory.geometry().frames();
        for (int frame = 0; frame < frames; frame++) {
            if (CompareCiphertext.isComparable(state, memory, note, frame)) {
                if (CompareCiphertext.differ(state, memory, note, frame)) {
                    Ledger.seen(state, principal, memory.value().ordinal(state, frame));
                }
                successors.take(frame);
            }
        }
    }

    @Override
    public List<Integer> arguments() {
        return IntStream.range(0, memory.geometry().frames()).boxed().toList();
    }

    @Override
    public Operation<?> operation(int arguments) {
        return new CompareCiphertext(new Frame(arguments));
    }
}
