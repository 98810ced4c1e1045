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

/** The host, or someone on the bus, writes the ciphertext of the note to any other frame than it was written at. Its argument: the frame. */
record RelocateFamily(Principal principal, NestedGuest guest, CiphertextNote note, Memory memory) implements Family {
    @Override
    public void each(State state, Successors successors) {
        if (note.isEmpty(state)) {
            return;
        }
        int home = note.writtenAt().get(state);
        int frames = guest.geometry().frames();
        for (int frame = 0; frame < frames; frame++) {
            if (frame != home && !ReplayCiphertext.isRefused(state, principal, guest, frame)) {
                note.writeBack(state, memory, frame);
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
        return new RelocateCiphertext(new Frame(arguments));
    }
}
