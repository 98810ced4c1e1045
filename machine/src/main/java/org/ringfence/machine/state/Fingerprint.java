package org.ringfence.machine.state;

/**
 * Hashing of words. {@link #mix} is a bijection of 64-bit words with {@link #unmix} as its inverse, so that a state of
 * one word is represented by its mix exactly; longer states are folded with a 64 by 64 to 128-bit multiplication a
 * word.
 */
public final class Fingerprint {
    private static final long M1 = 0xBF58476D1CE4E5B9L;
    private static final long M2 = 0x94D049BB133111EBL;
    private static final long M1_INVERSE = 0x96DE1B173F119089L;
    private static final long M2_INVERSE = 0x319642B2D24D8EC3L;
    private static final long GOLDEN = 0x9E3779B97F4A7C15L;

    private Fingerprint() {}

    /** A bijection of the 64-bit words whose every output bit depends on every input bit. */
    public static long mix(long word) {
        long x = word + GOLDEN;
        x = (x ^ x >>> 30) * M1;
        x = (x ^ x >>> 27) * M2;
        return x ^ x >>> 31;
    }

    /** The inverse of {@link #mix}. */
    public static long unmix(long mixed) {
        long x = mixed ^ mixed >>> 31 ^ mixed >>> 62;
        x *= M2_INVERSE;
        x = x ^ x >>> 27 ^ x >>> 54;
        x *= M1_INVERSE;
        x = x ^ x >>> 30 ^ x >>> 60;
        return x - GOLDEN;
    }

    /** A 64-bit fingerprint of {@code words}; of a single word, its {@link #mix}. */
    public static long of(long[] words) {
        return of(words, 0, words.length);
    }

    /** That of the {@code count} words from {@code at} on. */
    public static long of(long[] words, int at, int count) {
        if (count == 1) {
            return mix(words[at]);
        }
        long hash = GOLDEN ^ count;
        for (int i = at; i < at + count; i++) {
            hash = combine(hash, words[i]);
        }
        return mix(hash);
    }

    /** Folds one more word into a running hash. */
    public static long combine(long hash, long word) {
        long a = hash ^ 0xA0761D6478BD642FL;
        long b = word ^ 0xE7037ED1A0B428DBL;
        return Math.unsignedMultiplyHigh(a, b) ^ a * b ^ Long.rotateLeft(hash, 23) + word;
    }
}
