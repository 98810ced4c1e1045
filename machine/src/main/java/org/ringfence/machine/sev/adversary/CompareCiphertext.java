package org.ringfence.machine.sev.adversary;

import java.util.List;
import org.ringfence.machine.memory.Ledger;
import org.ringfence.machine.memory.Memory;
import org.ringfence.machine.operation.Action;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Frame;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Outcome;
import org.ringfence.machine.operation.Part;
import org.ringfence.machine.operation.Step;
import org.ringfence.machine.state.State;

/**
 * Someone who sees ciphertext holds what is in {@code frame} against the {@link CiphertextNote}, taken there before:
 * the same contents at the same place under the same key are the same ciphertext, so whether they differ tells whether
 * the guest has changed them. That it has is held against confidentiality. Waits where nothing of this frame and key is
 * noted. Source: CVE-2021-46744; Li et al., "A Systematic Look at Ciphertext Side Channels" (2022).
 */
public record CompareCiphertext(Frame frame) implements Action {
    @Override
    public List<Part> needs() {
        return List.of(CiphertextNote.PART);
    }

    @Override
    public Step on(Machine machine, Actor actor) {
        Memory memory = machine.part(Memory.class);
        CiphertextNote note = machine.part(CiphertextNote.class);
        return state -> {
            if (!isComparable(state, memory, note, frame.index())) {
                return Outcome.WAITS;
            }
            if (differ(state, memory, note, frame.index())) {
                Ledger.seen(state, actor.principal(), memory.value().ordinal(state, frame.index()));
            }
            return Done.DONE.ordinal();
        };
    }

    static boolean isComparable(State state, Memory memory, CiphertextNote note, int frame) {
        return !note.isEmpty(state)
                && note.writtenAt().get(state) == frame
                && memory.writtenAt().get(state, frame) == frame
                && memory.writtenUnder().get(state, frame) == note.key().get(state);
    }

    static boolean differ(State state, Memory memory, CiphertextNote note, int frame) {
        return memory.value().get(state, frame) != note.value().get(state);
    }

    @Override
    public String mnemonic() {
        return "compare ciphertext";
    }
}
