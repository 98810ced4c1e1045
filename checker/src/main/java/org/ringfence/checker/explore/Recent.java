package org.ringfence.checker.explore;

import java.util.Arrays;

/**
 * What was seen a short while ago, forgotten by what falls on the same place: two thirds of all successors were
 * successors of a state nearby, and need not go as far as the table. Small, since what counts is that it stays in a
 * near cache; and without a branch on the answer, which would be mispredicted.
 */
final class Recent {
    private static final long SCATTER = 0x9E3779B97F4A7C15L;

    private final long[] seen;
    private final int shift;

    /** Of {@code 1 << bits} places, which all hold {@code first}: something that was seen, or is never asked for. */
    Recent(int bits, long first) {
        seen = new long[1 << bits];
        shift = Long.SIZE - bits;
        Arrays.fill(seen, first);
    }

    /** Whether {@code key} was seen; it is seen from now on. */
    boolean has(long key) {
        int place = (int) (key * SCATTER >>> shift);
        boolean had = seen[place] == key;
        seen[place] = key;
        return had;
    }

    /**
     * Keeps of {@code count} keys those not seen, with their references, in order and at the front; answers how many.
     */
    int drop(long[] keys, long[] references, int count) {
        long[] seen = this.seen;
        int shift = this.shift;
        int kept = 0;
        for (int i = 0; i < count; i++) {
            long key = keys[i];
            int place = (int) (key * SCATTER >>> shift);
            long differs = seen[place] ^ key;
            seen[place] = key;
            keys[kept] = key;
            references[kept] = references[i];
            kept += (int) ((differs | -differs) >>> 63);
        }
        return kept;
    }

    /**
     * As {@link #drop(long[], long[], int)}, for the entries of several words from {@code from} to {@code to}, whose
     * first is the key; answers where what is kept ends.
     */
    int drop(long[] entries, int from, int to, int entry) {
        long[] seen = this.seen;
        int shift = this.shift;
        int kept = from;
        for (int i = from; i < to; i += entry) {
            long key = entries[i];
            int place = (int) (key * SCATTER >>> shift);
            long differs = seen[place] ^ key;
            seen[place] = key;
            for (int w = 0; w < entry; w++) {
                entries[kept + w] = entries[i + w];
            }
            kept += differs == 0 ? 0 : entry;
        }
        return kept;
    }
}
