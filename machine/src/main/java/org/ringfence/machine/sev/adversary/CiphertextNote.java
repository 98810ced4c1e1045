package org.ringfence.machine.sev.adversary;

import org.ringfence.machine.memory.Level;
import org.ringfence.machine.memory.Memory;
import org.ringfence.machine.memory.Value;
import org.ringfence.machine.operation.Part;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.sev.NestedGuest;
import org.ringfence.machine.state.Bounded;
import org.ringfence.machine.state.Declaration;
import org.ringfence.machine.state.Enumerated;
import org.ringfence.machine.state.FrameRef;
import org.ringfence.machine.state.State;
import org.ringfence.machine.state.Table;

/**
 * A copy of one frame's ciphertext that the host has made, or someone on the bus, to write it back later. It has
 * nothing noted while {@code key} is 0.
 *
 * @param value what is encrypted
 * @param key the key it is encrypted under
 * @param writtenAt the frame whose address tweaked the encryption
 * @param change which of the keys that this KeyID has had
 */
public record CiphertextNote(Enumerated<Value> value, Bounded key, FrameRef writtenAt, Bounded change) {
    /** Brings it. */
    public static final Part PART = Part.of(
            CiphertextNote.class,
            (declaration, machine, cast) -> declare(declaration, machine.part(Memory.class)));

    /** Declares the note, for what lies in {@code memory}. */
    public static CiphertextNote declare(Declaration declaration, Memory memory) {
        Table table = declaration.single("host's note");
        return new CiphertextNote(
                table.enumerated("value", Value.class),
                table.bounded(memory.options().keyIds().printed(), memory.options().keyIds().last()),
                table.frame("written at"),
                table.bounded("key change", memory.keys().count() - 1));
    }

    /** Whether nothing is noted. */
    public boolean isEmpty(State state) {
        return key.get(state) == 0;
    }

    /** Whether {@code frame} holds ciphertext. */
    boolean canSave(State state, Memory memory, int frame) {
        return memory.writtenUnder().get(state, frame) != 0;
    }

    /** Notes the ciphertext in {@code frame}. */
    void save(State state, Memory memory, int frame) {
        value.set(state, memory.value().get(state, frame));
        key.set(state, memory.writtenUnder().get(state, frame));
        writtenAt.set(state, memory.writtenAt().get(state, frame));
        change.set(state, memory.keyChange().get(state, frame));
    }

    /**
     * Writes what is noted to {@code frame}, unless {@code who} cannot write there; what is done on the bus is below
     * every check. Answers whether it could.
     */
    boolean writeBackUnlessRefused(State state, Principal who, NestedGuest guest, Memory memory, int frame) {
        if (who != Principal.BUS && guest.refusesHostWrite(state, frame, Level.SIZE_4K)) {
            return false;
        }
        writeBack(state, memory, frame);
        return true;
    }

    /** Writes what is noted to {@code frame}, as it is. */
    private void writeBack(State state, Memory memory, int frame) {
        memory.value().set(state, frame, value.get(state));
        memory.writtenUnder().set(state, frame, key.get(state));
        memory.writtenAt().set(state, frame, writtenAt.get(state));
        memory.keyChange().set(state, frame, change.get(state));
    }
}
