package org.ringfence.machine.memory;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ObjIntConsumer;
import org.ringfence.machine.operation.Guards;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.state.Bounded;
import org.ringfence.machine.state.Declaration;
import org.ringfence.machine.state.Enumerated;
import org.ringfence.machine.state.FrameRef;
import org.ringfence.machine.state.State;
import org.ringfence.machine.state.Table;

/**
 * Host frames with symbolic contents: a {@link Value}, and the key and the frame it was written under. Read through the
 * same key at the same frame it is that value; through another key, or moved to another frame as ciphertext, it is
 * junk, which depends on all of value, key and frame. So a remapped translation, an old ciphertext put back at its own
 * frame, and one moved elsewhere differ, as they do in life.
 *
 * <p>Key 0 is no key: what the host reads and writes. With it, contents are plain wherever they lie.
 *
 * <p>Between software and the frames stand, where {@linkplain MemoryOptions the machine has them}, the
 * {@linkplain Caches caches} of the packages and a controller that checks what is read. {@link #load} and
 * {@link #store} go through a cache. {@link #read} and {@link #write} do not fill one, but heed what is cached under
 * the same KeyID, as MOVDIR64B, non-temporal accesses and DMA do; nothing heeds what is cached under another KeyID,
 * unless the caches do that by themselves. On a machine without caches the two kinds are the same.
 *
 * @param options what this memory has
 * @param lines the lines of a frame
 * @param controller what is checked
 * @param caches what is cached
 */
public record Memory(
        Geometry geometry,
        MemoryOptions options,
        KeyTable keys,
        List<Line> lines,
        MemoryController controller,
        Caches caches) {

    /** What a read answers where the contents are not what the reader's key makes sense of. */
    public static final int JUNK = -1;

    /** What a read answers that is a machine check to whoever consumes it. */
    public static final int POISON = -2;

    public Memory {
        lines = List.copyOf(lines);
    }

    /** Declares plain memory: one line a frame, keys 0 to {@code keys}, nothing checked, nothing cached. */
    public static Memory declare(Declaration declaration, Geometry geometry, int keys) {
        return declare(declaration, geometry, MemoryOptions.plain(keys));
    }

    /** Declares memory with what {@code options} name. */
    public static Memory declare(Declaration declaration, Geometry geometry, MemoryOptions options) {
        return declare(declaration, geometry, options, Guards.allOn());
    }

    /**
     * Declares memory with what {@code options} name, without the checks of {@link MemoryGuard} that {@code guards}
     * switch off.
     */
    public static Memory declare(Declaration declaration, Geometry geometry, MemoryOptions options, Guards guards) {
        Table table = declaration.perFrame("memory");
        List<Line> lines = new ArrayList<>();
        for (int line = 0; line < options.linesPerFrame(); line++) {
            lines.add(Line.declare(table, options, line));
        }
        KeyTable keys = KeyTable.declare(declaration, options);
        MemoryController controller = MemoryController.of(options, keys, guards);
        Caches caches = Caches.declare(declaration, geometry, options, lines, controller);
        return new Memory(geometry, options, keys, lines, controller, caches);
    }

    // ---- through a cache

    /**
     * Reads a whole frame through the cache of package {@code number}.
     *
     * @return the ordinal of the {@link Value} that a reader under {@code key} sees; {@link #JUNK}, also where
     *     lines differ; or {@link #POISON}
     */
    public int load(State state, int number, int frame, int key) {
        int found = loadLine(state, number, frame, 0, key);
        for (int line = 1; line < lines.size(); line++) {
            found = join(found, loadLine(state, number, frame, line, key));
        }
        return found;
    }

    /** Reads one line through the cache of package {@code number}. */
    public int loadLine(State state, int number, int frame, int line, int key) {
        return options.caches().present()
                ? caches.load(state, number, frame, line, key)
                : controller.read(state, lines.get(line), frame, key);
    }

    /** Writes a whole frame through the cache of package {@code number}. */
    public void store(State state, int number, int frame, Value contents, int key) {
        for (int line = 0; line < lines.size(); line++) {
            storeLine(state, number, frame, line, contents, key);
        }
    }

    /** Writes one line through the cache of package {@code number}. */
    public void storeLine(State state, int number, int frame, int line, Value contents, int key) {
        if (options.caches().present()) {
            caches.store(state, number, frame, line, key, contents);
        } else {
            controller.write(state, lines.get(line), frame, key, contents);
        }
    }

    // ---- past the caches

    /** Writes a whole frame under {@code key}, full lines directly to memory: MOVDIR64B, and DMA. */
    public void write(State state, int frame, Value contents, int key) {
        for (int line = 0; line < lines.size(); line++) {
            writeLine(state, frame, line, contents, key);
        }
    }

    /** Writes one full line directly to memory. */
    public void writeLine(State state, int frame, int line, Value contents, int key) {
        if (options.caches().present()) {
            caches.flush(state, frame, line, key);
        }
        controller.write(state, lines.get(line), frame, key, contents);
    }

    /**
     * Writes less than a line directly to memory: MOVNTI, a write to uncached memory, and DMA. What was cached under
     * the same KeyID goes first.
     */
    public void writePartially(State state, int frame, int line, Value contents, int key) {
        if (options.caches().present()) {
            caches.flush(state, frame, line, key);
        }
        controller.writePartially(state, lines.get(line), frame, key, contents);
    }

    /** Reads a whole frame without filling a cache; answers as {@link #load}. */
    public int read(State state, int frame, int key) {
        int found = readLine(state, frame, 0, key);
        for (int line = 1; line < lines.size(); line++) {
            found = join(found, readLine(state, frame, line, key));
        }
        return found;
    }

    /**
     * Whether it is clear at a glance that {@link #read} would find what was written under {@code key}, and change
     * nothing: asked first by who reads millions of frames only to know that they are not poison.
     */
    public boolean isSound(State state, int frame, int key) {
        return !options.caches().present() && lines.size() == 1
                && controller.isSound(state, lines.getFirst(), frame, key);
    }

    /** Reads one line without filling a cache. */
    public int readLine(State state, int frame, int line, int key) {
        return options.caches().present()
                ? caches.read(state, frame, line, key)
                : controller.read(state, lines.get(line), frame, key);
    }

    /** What {@link #read} would answer, leaving no poison: for those who judge. */
    public int look(State state, int frame, int key) {
        int found = lookLine(state, frame, 0, key);
        for (int line = 1; line < lines.size(); line++) {
            found = join(found, lookLine(state, frame, line, key));
        }
        return found;
    }

    /** What {@link #readLine} would answer, leaving no poison. */
    public int lookLine(State state, int frame, int line, int key) {
        return options.caches().present()
                ? caches.look(state, frame, line, key)
                : controller.look(state, lines.get(line), frame, key);
    }

    private static int join(int one, int other) {
        if (one == other) {
            return one;
        }
        return one == POISON || other == POISON ? POISON : JUNK;
    }

    /**
     * {@code observer} reads every line of a frame under {@code key} and keeps what it sees, which is held against
     * confidentiality.
     *
     * @return whether a line was poison
     */
    public boolean observe(State state, Principal observer, int frame, int key) {
        boolean poison = false;
        for (int line = 0; line < lines.size(); line++) {
            int found = readLine(state, frame, line, key);
            if (found == POISON) {
                poison = true;
            } else {
                Ledger.seen(state, observer, found);
            }
        }
        return poison;
    }

    // ---- instructions on caches; without caches they do nothing

    /** CLFLUSH of every line of a frame, through a mapping with {@code key}. */
    public void flush(State state, int frame, int key) {
        for (int line = 0; line < lines.size(); line++) {
            caches.flush(state, frame, line, key);
        }
    }

    /** WBNOINVD on a CPU of package {@code number}. */
    public void writeBack(State state, int number) {
        caches.writeBack(state, number);
    }

    /** WBINVD on a CPU of package {@code number}. */
    public void writeBackAndInvalidate(State state, int number) {
        caches.writeBackAndInvalidate(state, number);
    }

    // ---- the memory itself

    /** Whether the TD-owner bit of {@code line} is set. */
    public boolean isOwned(State state, int frame, int line) {
        return controller.isOwned(state, lines.get(line), frame);
    }

    /** Whether {@code line} is poisoned. */
    public boolean isPoisoned(State state, int frame, int line) {
        return lines.get(line).isPoisoned(state, frame);
    }

    /**
     * Gives a private KeyID a fresh random key: PCONFIG as the TDX module uses it. What was written under the old one
     * is lost, unless {@link MemoryOptions#keyChanges} is 0.
     */
    public void changeKey(State state, int keyId) {
        keys.change(state, keyId, this);
    }

    /**
     * Nobody has the key with this number any more: what was written under it is lost, and the number stands for
     * another key when it is chosen next.
     */
    public void forgetKey(State state, int number) {
        keys.forget(state, number, this);
    }

    /**
     * Gives a KeyID, which may be an ASID, the key with this number: one that lines tell apart, so at most
     * {@link MemoryOptions#keyChanges}.
     */
    public void chooseKey(State state, int keyId, int number) {
        keys.choose(state, keyId, number);
    }

    /**
     * Moves what lies in {@code from}, as it lies there, to {@code to}: what a copy without any key does. Not for
     * machines where {@linkplain MemoryOptions#ciphertextMoves ciphertext moves} nowhere.
     */
    public void copyRaw(State state, int from, int to) {
        if (!options.ciphertextMoves()) {
            throw new IllegalStateException("the machine's lines do not tell where they were encrypted");
        }
        for (Line line : lines) {
            line.copy(state, from, to);
        }
    }

    void forEachLine(ObjIntConsumer<Line> action) {
        for (Line line : lines) {
            for (int frame = 0; frame < geometry.frames(); frame++) {
                action.accept(line, frame);
            }
        }
    }

    /** The contents of the first line of each frame. */
    public Enumerated<Value> value() {
        return lines.getFirst().value();
    }

    /** The KeyID of the first line of each frame. */
    public Bounded writtenUnder() {
        return lines.getFirst().writtenUnder();
    }

    /** Which of its KeyID's keys the first line of each frame was encrypted with. */
    public Bounded keyChange() {
        return lines.getFirst().key();
    }

    /** The frame at which the first line of each frame was encrypted. */
    public FrameRef writtenAt() {
        return lines.getFirst().writtenAt();
    }
}
