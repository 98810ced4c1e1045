package org.ringfence.machine.memory;

import java.util.ArrayList;
import java.util.List;
import org.ringfence.machine.memory.CacheOptions.Coherence;
import org.ringfence.machine.memory.adversary.EvictFamily;
import org.ringfence.machine.state.Declaration;
import org.ringfence.machine.state.State;
import org.ringfence.machine.state.ValueNames;

/**
 * The write-back caches of the packages.
 *
 * <p>The mechanism: a line is cached under its address <em>and</em> its KeyID. Hardware keeps copies under one KeyID
 * coherent, among packages and with what goes to memory directly. It knows nothing of copies of the same memory under
 * another KeyID, so that two can be live at once; each dirty one is written back some day, under its own KeyID and
 * unchecked, and takes the place of what is in memory by then. That is why hosts flush before they hand a page over and
 * after they take it back. Parts with {@link Coherence#ACROSS_KEYS} write the other copies back first, those with
 * {@link Coherence#ON_LOADS} where a load finds nothing cached.
 *
 * <p>Which line is written back when is nobody's choice: {@link EvictFamily} does it, on an honest machine too. So the
 * order in which WBINVD writes two copies of one line back is of no account: before it, each may have gone by itself.
 *
 * <p>A store takes the whole line without reading it first. A machine has one copy of a line under a KeyID, in the
 * package that wrote it last; reading it from another package leaves it there.
 *
 * <p>Source: Linux, arch/x86/virt/vmx/tdx/tdx.c (config_global_keyid); AMD APM 15.34.5 (encryption and caches).
 *
 * @param lines what is behind the cache
 */
public record Caches(CacheOptions options, CacheTable table, List<Line> lines, MemoryController controller) {

    private static final int VALUES = Value.values().length;
    private static final int FREE = 0;
    private static final int FIRST_DIRTY = 1;
    private static final int FIRST_CLEAN = FIRST_DIRTY + VALUES;
    private static final int CLEAN_JUNK = FIRST_CLEAN + VALUES;
    private static final Value[] VALUE = Value.values();

    static Caches declare(
            Declaration declaration, Geometry geometry, MemoryOptions options, List<Line> lines,
            MemoryController controller) {
        int contents = options.caches().keepsClean() ? CLEAN_JUNK : FIRST_CLEAN - 1;
        return new Caches(
                options.caches(),
                CacheTable.declare(declaration, geometry.frames(), options, contents, contents()),
                List.copyOf(lines),
                controller);
    }

    private static ValueNames contents() {
        List<String> names = new ArrayList<>(List.of("none"));
        for (String kind : List.of("dirty ", "clean ")) {
            for (Value value : VALUE) {
                names.add(kind + value);
            }
        }
        names.add("clean JUNK");
        return ValueNames.of(names);
    }

    // ---- accesses

    /**
     * A load by a CPU of package {@code number}: from the cache, or from memory, whence the line is kept if clean ones
     * are.
     */
    int load(State state, int number, int frame, int line, int keyId) {
        int slot = table.find(state, frame, line, keyId);
        if (slot != CacheTable.NONE) {
            return value(table.content(state, slot));
        }
        int found = read(state, frame, line, keyId);
        if (options.keepsClean() && found != Memory.POISON) {
            int content = found == Memory.JUNK ? CLEAN_JUNK : FIRST_CLEAN + found;
            table.put(state, room(state, frame, line, keyId), frame, line, keyId, content, number);
        }
        return found;
    }

    /** A store by a CPU of package {@code number}: the line is dirty there, and memory keeps what it has. */
    void store(State state, int number, int frame, int line, int keyId, Value contents) {
        if (options.coherence() == Coherence.ACROSS_KEYS) {
            flushOthers(state, frame, line, keyId);
        }
        table.put(
                state,
                room(state, frame, line, keyId),
                frame,
                line,
                keyId,
                FIRST_DIRTY + contents.ordinal(),
                number);
    }

    /** A read that fills no cache. */
    int read(State state, int frame, int line, int keyId) {
        int slot = table.find(state, frame, line, keyId);
        if (slot != CacheTable.NONE) {
            return value(table.content(state, slot));
        }
        if (options.coherence() != Coherence.WITHIN_KEY) {
            flushOthers(state, frame, line, keyId);
        }
        return controller.read(state, lines.get(line), frame, keyId);
    }

    /** What {@link #read} would find, leaving everything as it is; not for parts that are coherent across KeyIDs. */
    int look(State state, int frame, int line, int keyId) {
        int slot = table.find(state, frame, line, keyId);
        return slot != CacheTable.NONE
                ? value(table.content(state, slot))
                : controller.look(state, lines.get(line), frame, keyId);
    }

    private int room(State state, int frame, int line, int keyId) {
        int slot = table.choose(state, frame, line, keyId);
        if (table.content(state, slot) != FREE && table.find(state, frame, line, keyId) != slot) {
            evict(state, slot);
        }
        return slot;
    }

    /** What hardware that keeps KeyIDs coherent does: every other copy of the line goes to memory. */
    private void flushOthers(State state, int frame, int line, int keyId) {
        for (int other = 0; other < table.keys(); other++) {
            if (other != keyId) {
                evictIfCached(state, frame, line, other);
            }
        }
    }

    // ---- instructions

    /** CLFLUSH through a mapping with this KeyID: the line is written back if dirty, and leaves every cache. */
    public void flush(State state, int frame, int line, int keyId) {
        evictIfCached(state, frame, line, keyId);
        if (options.coherence() == Coherence.ACROSS_KEYS) {
            flushOthers(state, frame, line, keyId);
        }
    }

    /** WBINVD on a CPU of package {@code number}: every dirty line there is written back, and every line leaves. */
    public void writeBackAndInvalidate(State state, int number) {
        for (int slot = 0; slot < table.slots(); slot++) {
            if (isIn(state, slot, number)) {
                evict(state, slot);
            }
        }
    }

    /** WBNOINVD on a CPU of package {@code number}: every dirty line there is written back, and stays, clean. */
    public void writeBack(State state, int number) {
        for (int slot = 0; slot < table.slots(); slot++) {
            if (isIn(state, slot, number) && isDirty(table.content(state, slot))) {
                int content = table.content(state, slot);
                writeBackSlot(state, slot);
                if (options.keepsClean()) {
                    table.setContent(state, slot, content + VALUES);
                } else {
                    table.clear(state, slot);
                }
            }
        }
    }

    /**
     * INVD on a CPU of package {@code number}: every line leaves, and what was dirty is lost, unless INVD acts as
     * WBINVD.
     */
    public void invalidate(State state, int number) {
        if (options.invd() == CacheOptions.Invd.WRITES_BACK) {
            writeBackAndInvalidate(state, number);
            return;
        }
        for (int slot = 0; slot < table.slots(); slot++) {
            if (isIn(state, slot, number)) {
                table.clear(state, slot);
            }
        }
    }

    // ---- what nobody chooses

    /** Slots in which lines are. */
    public int slots() {
        return table.slots();
    }

    /** Whether a line is in {@code slot}. */
    public boolean isUsed(State state, int slot) {
        return table.content(state, slot) != FREE;
    }

    /** The line in {@code slot} leaves, and is written back if dirty. */
    public void evict(State state, int slot) {
        writeBackSlot(state, slot);
        table.clear(state, slot);
    }

    /** The slot of a line; -1 where it is not cached. */
    public int find(State state, int frame, int line, int keyId) {
        return table.find(state, frame, line, keyId);
    }

    /** Whether a line is cached and dirty. */
    public boolean isDirty(State state, int frame, int line, int keyId) {
        int slot = table.find(state, frame, line, keyId);
        return slot != CacheTable.NONE && isDirty(table.content(state, slot));
    }

    /** Whether any line is dirty in the cache of package {@code number}. */
    public boolean anyDirty(State state, int number) {
        for (int slot = 0; slot < table.slots(); slot++) {
            if (isIn(state, slot, number) && isDirty(table.content(state, slot))) {
                return true;
            }
        }
        return false;
    }

    /** Whether any line is cached under {@code keyId}. */
    public boolean holds(State state, int keyId) {
        return table.holds(state, keyId, CLEAN_JUNK);
    }

    /** Whether any line is cached under {@code keyId} and dirty. */
    public boolean holdsDirty(State state, int keyId) {
        return table.holds(state, keyId, FIRST_CLEAN - 1);
    }

    private void evictIfCached(State state, int frame, int line, int keyId) {
        int slot = table.find(state, frame, line, keyId);
        if (slot != CacheTable.NONE) {
            evict(state, slot);
        }
    }

    private boolean isIn(State state, int slot, int number) {
        return table.content(state, slot) != FREE && table.owner(state, slot) == number;
    }

    private void writeBackSlot(State state, int slot) {
        int content = table.content(state, slot);
        if (isDirty(content)) {
            controller.write(
                    state,
                    lines.get(table.line(state, slot)),
                    table.frame(state, slot),
                    table.keyId(state, slot),
                    VALUE[content - FIRST_DIRTY]);
        }
    }

    private static boolean isDirty(int content) {
        return content >= FIRST_DIRTY && content < FIRST_CLEAN;
    }

    private static int value(int content) {
        if (content == CLEAN_JUNK) {
            return Memory.JUNK;
        }
        return isDirty(content) ? content - FIRST_DIRTY : content - FIRST_CLEAN;
    }
}
