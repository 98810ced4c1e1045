package org.ringfence.checker.explore;

/**
 * One segment of the table of states that were seen: an open-addressing set of fingerprints outside the Java heap.
 *
 * <p>The slot is the fingerprint times the capacity, its upper half: so slots are in the order of fingerprints but for collisions, and
 * growing is one pass that reads and writes in order. Growing happens in place, in reserved address space. The segment's own bits of
 * the fingerprint are shifted out by {@code segmentBits}. A slot of 0 is empty; the one fingerprint that is 0 is remembered apart.
 *
 * <p>With {@code wide}, 16 more bits a slot are kept and compared.
 */
final class FingerprintSet implements AutoCloseable {
    private static final long FIRST = 64;
    private static final double FULL = 0.80;
    private static final double GROWTH = 1.5;

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
    void reserve(long more, Scratch scratch) {
        while (size + more > room) {
            grow(scratch);
        }
    }

    /** What growing needs for a while; one a thread. */
    static final class Scratch {
        private long[] slots = {};
        private short[] tags = {};
    }

    /** Touches the slot where {@code fingerprint} belongs, so that a later {@link #add} finds it in the cache. */
    void touch(long fingerprint) {
        sink += OffHeap.getLong(slots.address() + home(fingerprint) * Long.BYTES);
    }

    /** Adds a fingerprint; false when it was there. */
    boolean add(long fingerprint, short tag) {
        if (fingerprint == 0) {
            return addZero();
        }
        long base = slots.address();
        long slot = home(fingerprint);
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
            if (++slot == capacity) {
                slot = 0;
            }
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

    private void resize(long to) {
        capacity = to;
        room = (long) (to * FULL);
        slots.ensure(to * Long.BYTES);
        if (wide) {
            tags.ensure(to * Short.BYTES);
        }
    }

    private void grow(Scratch scratch) {
        int old = Math.toIntExact(capacity);
        if (scratch.slots.length < old) {
            scratch.slots = new long[old + old / 4];
            scratch.tags = new short[wide ? old + old / 4 : 0];
        }
        OffHeap.copy(slots.address(), scratch.slots, old);
        slots.release();
        if (wide) {
            for (int i = 0; i < old; i++) {
                scratch.tags[i] = OffHeap.getShort(tags.address() + (long) i * Short.BYTES);
            }
        }
        resize(Math.max(capacity + 1, (long) (capacity * GROWTH)));
        size = 0;
        for (int i = 0; i < old; i++) {
            if (scratch.slots[i] != 0) {
                add(scratch.slots[i], wide ? scratch.tags[i] : 0);
            }
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
