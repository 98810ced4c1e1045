package org.ringfence.machine.memory;

import org.ringfence.machine.state.Bounded;
import org.ringfence.machine.state.Declaration;
import org.ringfence.machine.state.Enumerated;
import org.ringfence.machine.state.FrameRef;
import org.ringfence.machine.state.State;
import org.ringfence.machine.state.Table;

/**
 * Host frames with symbolic contents: a {@link Value}, and the key and the frame it was written under. Read through the same key at
 * the same frame it is that value; through another key, or moved to another frame as ciphertext, it is junk, which depends on all of
 * value, key and frame. So a remapped translation, an old ciphertext put back at its own frame, and one moved elsewhere differ, as they
 * do in life.
 *
 * <p>Key 0 is no key: what the host reads and writes. With it, contents are plain wherever they lie.
 *
 * @param writtenUnder the key, from 0
 * @param writtenAt the frame whose address tweaked the encryption; for key 0 none
 */
public record Memory(
        Geometry geometry,
        Enumerated<Value> value,
        Bounded writtenUnder,
        FrameRef writtenAt) {

    /** What {@link #read} answers where the contents are not what the reader's key makes sense of. */
    public static final int JUNK = -1;

    /** Declares one entry a frame, for keys 0 to {@code keys}. */
    public static Memory declare(Declaration declaration, Geometry geometry, int keys) {
        Table table = declaration.perFrame("memory");
        return new Memory(
                geometry,
                table.enumerated("value", Value.class),
                table.bounded("key", keys),
                table.frame("written at"));
    }

    /** Writes a whole page under {@code key}. */
    public void write(State state, int frame, Value contents, int key) {
        value.set(state, frame, contents);
        writtenUnder.set(state, frame, key);
        writtenAt.set(state, frame, key == 0 ? FrameRef.NONE : frame);
    }

    /** The ordinal of the {@link Value} that a reader under {@code key} sees, or {@link #JUNK}. */
    public int read(State state, int frame, int key) {
        if (writtenUnder.get(state, frame) != key || key != 0 && writtenAt.get(state, frame) != frame) {
            return JUNK;
        }
        return value.ordinal(state, frame);
    }

    /** Moves what lies in {@code from}, as it lies there, to {@code to}: what a copy without any key does. */
    public void copyRaw(State state, int from, int to) {
        value.set(state, to, value.get(state, from));
        writtenUnder.set(state, to, writtenUnder.get(state, from));
        writtenAt.set(state, to, writtenAt.get(state, from));
    }
}
