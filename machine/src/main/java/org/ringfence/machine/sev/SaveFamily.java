package org.ringfence.machine.sev;

import java.util.List;
import java.util.stream.IntStream;
import org.ringfence.machine.memory.Memory;
import org.ringfence.machine.operation.Family;
import org.ringfence.machine.operation.Frame;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.operation.Successors;
import org.ringfence.machine.state.State;

/** The host, or someone on the bus, copies the ciphertext of any frame to the note. Its argument: the frame. */
record SaveFamily(Principal principal, CiphertextNote note, Memory memory) implements Family {
    @Override
    public void each(State state, Successors successors) {
        int frames = memory.geometry().frames();
        for (int frame = 0; frame < frames; frame++) {
            if (note.canSave(state, memory, frame)) {
                note.save(state, memory, frame);
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
        return new SaveCiphertext(new Frame(arguments));
    }
}
