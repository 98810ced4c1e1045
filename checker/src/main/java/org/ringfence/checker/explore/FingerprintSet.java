package org.ringfence.checker.explore;

import java.util.Arrays;

/**
 * One segment of the table of states that were seen: an open-addressing set of fingerprints outside the Java heap.
 *
 * <p>The slot is the fingerprint times the capacity, its upper half. Where it is taken, the other slots of its line are
 * tried, in a circle, and then those of the next line: a line is what the processor's caches hold, so most searches
 * need one. Lines are in the order of fingerprints but for what did not fit, and growing is one pass in order, in
 * place, in reserved address space. The segment's own bits of the fingerprint are shifted out by {@code segmentBits}. A
 * slot of 0 is empty; the one fingerprint that is 0 is remembered apart.
 *
 * <p>With {@code wide}, 16 more bits a slot are kept and compared.
 */
final class FingerprintSet implements AutoCloseable {
    private static final long FIRST = 64;
    private static final double FULL = 0.80;
    private static final double GROWTH = 1.5;

    /** Slots of a line, which has 64 bytes. */
    private static final int LINE = 8;

    /**
     * Slots that growing puts aside at once, so that nothing is displaced past the end into slots still to be moved.
     */
    private static final long LOW = 4_096;

    private final int segmentBits;
    private final OffHeap slots;
    private final OffHeap tags;
    private final boolean wide;
    private final long most;
    private long capacity;
    private long size;
    private long room;
    private boolean hasZero;
    private long sink;
    private long[] out = {};
    private short[] outTags = {};

    /** A set of at most {@code most} fingerprints. */
    FingerprintSet(int segmentBits, long most, boolean wide) {
        this.segmentBits = segmentBits;
        this.wide = wide;
        this.most = most;
        long slotsAtMost = (long) (most / FULL * GROWTH) + 2 * FIRST;
        slots = new OffHeap(slotsAtMost * Long.BYTES);
        tags = new OffHeap(wide ? slotsAtMost * Short.BYTES : 1);
        resize(FIRST);
    }

    /** Fingerprints in the set. */
    long size() {
        return size + (hasZero ? 1 : 0);
    }

    /** Bytes in use outside the heap. */
    long bytes() {
        return slots.committed() + tags.committed();
    }

    /** Whether {@code more} fingerprints fit into the reserved address space. */
    boolean canHold(long more) {
        return size + more <= most;
    }

    /** Makes room for {@code more} fingerprints, so that {@link #add} need not look. */
    void reserve(long more) {
        while (size + more > room) {
            grow();
        }
    }

    /**
     * Touches the slots where the fingerprints at every {@code entry}-th place of {@code buffer} belong, so that adding
     * them finds them in the cache.
     */
    void touch(long[] buffer, int from, int to, int entry) {
        long base = slots.address();
        long slotsNow = capacity;
        long read = 0;
        for (int i = from; i < to; i += entry) {
            read |= OffHeap.getLong(base + Math.unsignedMultiplyHigh(buffer[i] << segmentBits, slotsNow) * Long.BYTES);
        }
        sink |= read;
    }

    /**
     * Adds the fingerprints at every {@code entry}-th place of {@code buffer}, which must not be {@code wide}; copies
     * the entries of those that were not there to {@code fresh} from {@code count} on, and answers where they end.
     * Whether one was there decides how far to step, since a branch on it is mispredicted.
     */
    int add(long[] buffer, int from, int to, int entry, long[] fresh, int count) {
        long base = slots.address();
        long slotsNow = capacity;
        int end = count;
        for (int i = from; i < to; i += entry) {
            long fingerprint = buffer[i];
            long home = Math.unsignedMultiplyHigh(fingerprint << segmentBits, slotsNow);
            long slot = home;
            long there = OffHeap.getLong(base + slot * Long.BYTES);
            while (there != fingerprint && there != 0) {
                slot = next(slot, home, slotsNow);
                there = OffHeap.getLong(base + slot * Long.BYTES);
            }
            if (fingerprint == 0) {
                there = hasZero ? 1 : 0;
                size -= hasZero ? 0 : 1;
                hasZero = true;
            } else {
                OffHeap.putLong(base + slot * Long.BYTES, fingerprint);
            }
            for (int w = 0; w < entry; w++) {
                fresh[end + w] = buffer[i + w];
            }
            end += there == 0 ? entry : 0;
        }
        size += (end - count) / entry;
        return end;
    }

    /** Adds a fingerprint; false when it was there. */
    boolean add(long fingerprint, short tag) {
        if (fingerprint == 0) {
            return addZero();
        }
        long base = slots.address();
        long home = home(fingerprint);
        long slot = home;
        while (true) {
            long there = OffHeap.getLong(base + slot * Long.BYTES);
            if (there == 0) {
                OffHeap.putLong(base + slot * Long.BYTES, fingerprint);
                if (wide) {
                    OffHeap.putShort(tags.address() + slot * Short.BYTES, tag);
                }
                size++;
                return true;
            }
            if (there == fingerprint && (!wide || OffHeap.getShort(tags.address() + slot * Short.BYTES) == tag)) {
                return false;
            }
            slot = next(slot, home, capacity);
        }
    }

    private boolean addZero() {
        boolean fresh = !hasZero;
        hasZero = true;
        return fresh;
    }

    private long home(long fingerprint) {
        return Math.unsignedMultiplyHigh(fingerprint << segmentBits, capacity);
    }

    /** The slot to try after {@code slot} by what belongs at {@code home}. */
    private static long next(long slot, long home, long capacity) {
        long within = slot + 1 & LINE - 1;
        long line = slot & -LINE;
        if (within == (home & LINE - 1)) {
            line = line + LINE == capacity ? 0 : line + LINE;
        }
        return line | within;
    }

    private void resize(long wanted) {
        long to = OffHeap.roundUp(wanted, LINE);
        capacity = to;
        room = (long) (to * FULL);
        slots.ensure(to * Long.BYTES);
        if (wide) {
            tags.ensure(to * Short.BYTES);
        }
    }

    /**
     * Grows in place, line by line from the top: since a slot is in proportion to the capacity, an entry's new line
     * lies above all that are still to be moved. Those for which that fails, near the beginning and where many were
     * displaced, are put aside and added last.
     */
    private void grow() {
        long old = capacity;
        resize(Math.max(capacity + 1, (long) (capacity * GROWTH)));
        int low = (int) Math.min(old, LOW);
        int aside = takeOut(0, low, 0);
        for (long line = old - LINE; line >= low; line -= LINE) {
            int taken = takeOut(line, LINE, aside);
            int kept = aside;
            for (int i = aside; i < taken; i++) {
                if (home(out[i]) < line) {
                    out[kept] = out[i];
                    outTags[kept++] = outTags[i];
                } else {
                    place(out[i], outTags[i]);
                }
            }
            aside = kept;
        }
        for (int i = 0; i < aside; i++) {
            place(out[i], outTags[i]);
        }
    }

    /**
     * Empties {@code count} slots; what was there is kept with what was taken out before, of which there are
     * {@code before}.
     */
    private int takeOut(long slot, int count, int before) {
        if (out.length < before + count) {
            out = Arrays.copyOf(out, 2 * (before + count));
            outTags = Arrays.copyOf(outTags, out.length);
        }
        int taken = before;
        for (long i = slot; i < slot + count; i++) {
            long at = slots.address() + i * Long.BYTES;
            long fingerprint = OffHeap.getLong(at);
            OffHeap.putLong(at, 0);
            out[taken] = fingerprint;
            if (wide) {
                outTags[taken] = OffHeap.getShort(tags.address() + i * Short.BYTES);
            }
            taken += fingerprint == 0 ? 0 : 1;
        }
        return taken;
    }

    /** Puts a fingerprint that is not there into the first free slot from its own on. */
    private void place(long fingerprint, short tag) {
        long base = slots.address();
        long home = home(fingerprint);
        long slot = home;
        while (OffHeap.getLong(base + slot * Long.BYTES) != 0) {
            slot = next(slot, home, capacity);
        }
        OffHeap.putLong(base + slot * Long.BYTES, fingerprint);
        if (wide) {
            OffHeap.putShort(tags.address() + slot * Short.BYTES, tag);
        }
    }

    /** What touching has read; kept so that it is not optimised away. */
    long sink() {
        return sink;
    }

    @Override
    public void close() {
        slots.close();
        tags.close();
    }
}
