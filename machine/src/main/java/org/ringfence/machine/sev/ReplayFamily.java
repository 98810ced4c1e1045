package org.ringfence.machine.sev;

import java.util.List;
import org.ringfence.machine.memory.Memory;
import org.ringfence.machine.operation.Family;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.operation.Successors;
import org.ringfence.machine.state.State;

/** The host, or someone on the bus, writes the ciphertext of the note back to the frame it was written at. Without arguments. */
record ReplayFamily(Principal principal, NestedGuest guest, CiphertextNote note, Memory memory) implements Family {
    @Override
    public void each(State state, Successors successors) {
        if (note.isEmpty(state)) {
            return;
        }
        int home = note.writtenAt().get(state);
        if (!ReplayCiphertext.isRefused(state, principal, guest, home)) {
            note.writeBack(state, memory, home);
            successors.take(0);
        }
    }

    @Override
    public List<Integer> arguments() {
        return List.of(0);
    }

    @Override
    public Operation<?> operation(int arguments) {
        return new ReplayCiphertext();
    }
}
