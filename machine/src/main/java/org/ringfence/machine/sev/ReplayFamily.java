package org.ringfence.machine.sev;

import java.util.List;
import org.ringfence.machine.memory.Level;
import org.ringfence.machine.memory.Memory;
import org.ringfence.machine.operation.Family;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.operation.Successors;
import org.ringfence.machine.state.State;

/** The host writes the ciphertext of its note back to the frame it was written at. Without arguments. */
record ReplayFamily(NestedGuest guest, CiphertextNote note, Memory memory) implements Family {
    @Override
    public Principal principal() {
        return Principal.HOST;
    }

    @Override
    public void each(State state, Successors successors) {
        if (note.isEmpty(state)) {
            return;
        }
        int home = note.writtenAt().get(state);
        if (!guest.refusesHostWrite(state, home, Level.SIZE_4K)) {
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
