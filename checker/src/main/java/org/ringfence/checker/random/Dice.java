package org.ringfence.checker.random;

/**
 * A stream of numbers that is the same for the same seed everywhere: SplitMix64 (Steele, Lea and Flood, OOPSLA 2014).
 */
final class Dice {
    private long state;

    Dice(long seed) {
        this.state = seed;
    }

    private long next() {
        state += 0x9E37_79B9_7F4A_7C15L;
        long z = state;
        z = (z ^ z >>> 30) * 0xBF58_476D_1CE4_E5B9L;
        z = (z ^ z >>> 27) * 0x94D0_49BB_1331_11EBL;
        return z ^ z >>> 31;
    }

    /** A number from 0 to {@code bound - 1}; the bias of at most {@code bound} in 2^32 is of no account here. */
    int below(int bound) {
        return (int) ((next() >>> 32) * bound >>> 32);
    }
}
