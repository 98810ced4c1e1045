package org.ringfence.machine.memory;

import org.ringfence.machine.state.Bounded;
import org.ringfence.machine.state.Enumerated;
import org.ringfence.machine.state.FrameRef;
import org.ringfence.machine.state.State;
import org.ringfence.machine.state.Table;

/**
 * What memory keeps of the n-th line of each frame: symbolic contents, what they were encrypted with, and poison. The
 * TD-owner bit is no field: it is set exactly where the line was last written under a private KeyID. Nor is the MAC: it
 * follows from contents, key and address.
 *
 * @param writtenUnder the KeyID, from 0
 * @param writtenAt the frame whose address tweaked the encryption; for KeyID 0 none, and none where
 *     {@linkplain MemoryOptions#ciphertextMoves ciphertext moves} nowhere
 * @param key which of the keys that its KeyID has had
 * @param poison whether consuming the line is a machine check
 */
public record Line(
        Enumerated<Value> value, Bounded writtenUnder, FrameRef writtenAt, Bounded key, Bounded poison) {

    /** Declares the fields in {@code table}, which has an entry for each frame. */
    static Line declare(Table table, MemoryOptions options, int line) {
        String prefix = options.linesPerFrame() == 1 ? "" : "line " + line + " ";
        return new Line(
                table.enumerated(prefix + "value", Value.class),
                table.bounded(prefix + options.keyIds().printed(), options.keyIds().last()),
                table.frame(prefix + "written at", options.ciphertextMoves()),
                table.bounded(prefix + "key change", KeyTable.keys(options) - 1),
                table.truth(prefix + "poison", options.poison()));
    }

    boolean isPoisoned(State state, int frame) {
        return poison.get(state, frame) != 0;
    }

    void copy(State state, int from, int to) {
        value.set(state, to, value.get(state, from));
        writtenUnder.set(state, to, writtenUnder.get(state, from));
        writtenAt.set(state, to, writtenAt.get(state, from));
        key.set(state, to, key.get(state, from));
        poison.set(state, to, poison.get(state, from));
    }
}
