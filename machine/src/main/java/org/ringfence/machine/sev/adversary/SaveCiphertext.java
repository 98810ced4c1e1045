package org.ringfence.machine.sev.adversary;

import java.util.List;
import org.ringfence.machine.memory.Memory;
import org.ringfence.machine.operation.Action;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Frame;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Outcome;
import org.ringfence.machine.operation.Part;
import org.ringfence.machine.operation.Step;

/**
 * The host, or someone on the bus, copies the ciphertext in {@code frame} to the {@link CiphertextNote}. Waits while
 * the frame holds none.
 */
public record SaveCiphertext(Frame frame) implements Action {
    @Override
    public List<Part> needs() {
        return List.of(CiphertextNote.PART);
    }

    @Override
    public Step on(Machine machine, Actor actor) {
        Memory memory = machine.part(Memory.class);
        CiphertextNote note = machine.part(CiphertextNote.class);
        int index = frame.index();
        return state -> {
            if (!note.canSave(state, memory, index)) {
                return Outcome.WAITS;
            }
            note.save(state, memory, index);
            return Done.DONE.ordinal();
        };
    }

    @Override
    public String mnemonic() {
        return "save ciphertext";
    }
}
