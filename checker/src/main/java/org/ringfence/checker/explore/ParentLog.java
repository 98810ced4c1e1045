package org.ringfence.checker.explore;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.Arrays;

/**
 * Each state's parent and the ordinal of the move that led to it, in four bytes a state.
 *
 * <p>States are numbered in the order of discovery, from 0. They are found in rounds, each of which expands at most
 * 2^16 consecutive states; so an entry keeps its parent's place in the round and the move's ordinal, 16 bits each, and
 * a short list tells where rounds begin.
 */
final class ParentLog implements AutoCloseable {
    /** States that one round may expand. */
    static final int ROUND = 1 << 16;

    private final OffHeap entries;
    private long count;
    private int rounds;
    private long[] firstFound = new long[64];
    private long[] firstExpanded = new long[64];

    ParentLog(long most) {
        entries = new OffHeap(most * Integer.BYTES);
    }

    /** A round begins that expands the states from {@code expanded} onward. */
    void beginRound(long expanded) {
        if (rounds == firstFound.length) {
            firstFound = Arrays.copyOf(firstFound, 2 * rounds);
            firstExpanded = Arrays.copyOf(firstExpanded, 2 * rounds);
        }
        firstFound[rounds] = count;
        firstExpanded[rounds++] = expanded;
    }

    /** Makes room for {@code more} entries and answers the address of the first. */
    long append(long more) {
        entries.ensure((count + more) * Integer.BYTES);
        long at = entries.address() + count * Integer.BYTES;
        count += more;
        return at;
    }

    /** Tells where rounds begin. */
    void tell(DataOutputStream out) throws IOException {
        out.writeInt(rounds);
        for (int r = 0; r < rounds; r++) {
            out.writeLong(firstFound[r]);
            out.writeLong(firstExpanded[r]);
        }
    }

    /** Learns what {@link #tell} told, of a log that is empty. */
    void learn(DataInputStream in) throws IOException {
        rounds = in.readInt();
        firstFound = new long[rounds + 1];
        firstExpanded = new long[rounds + 1];
        for (int r = 0; r < rounds; r++) {
            firstFound[r] = in.readLong();
            firstExpanded[r] = in.readLong();
        }
    }

    /** How many states have an entry. */
    long size() {
        return count;
    }

    /** The parent of a state other than the first. */
    long parent(long state) {
        int found = Arrays.binarySearch(firstFound, 0, rounds, state);
        int round = found >= 0 ? found : -found - 2;
        while (round + 1 < rounds && firstFound[round + 1] == state) {
            round++;
        }
        return firstExpanded[round] + (entry(state) >>> 16);
    }

    /** The ordinal of the move that led to a state other than the first. */
    int ordinal(long state) {
        return entry(state) & 0xFFFF;
    }

    private int entry(long state) {
        return OffHeap.getInt(entries.address() + state * Integer.BYTES);
    }

    /** Bytes in use. */
    long bytes() {
        return entries.committed() + (long) firstFound.length * 2 * Long.BYTES;
    }

    @Override
    public void close() {
        entries.close();
    }
}
