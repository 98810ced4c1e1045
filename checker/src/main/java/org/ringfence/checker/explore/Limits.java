package org.ringfence.checker.explore;

import java.time.Duration;

/**
 * Where a search gives up.
 *
 * @param states distinct states
 * @param bytes memory for table, parents and frontier, outside the Java heap
 * @param time from the beginning of the search
 * @param threads how many expand states
 */
public record Limits(long states, long bytes, Duration time, int threads) {
    /** Up to this many states a fingerprint has 64 bits; a search that is allowed more keeps 80. */
    public static final long NARROW = 100_000_000;

    public Limits {
        if (states < 1 || bytes < 1 || threads < 1 || time.isNegative()) {
            throw new IllegalArgumentException("limits must be positive");
        }
    }

    /** Up to 10^8 states, half of the machine's memory, an hour, and all processors. */
    public static Limits standard() {
        long memory = Runtime.getRuntime().maxMemory();
        return new Limits(NARROW, Math.max(memory, 1L << 30), Duration.ofHours(1),
                Runtime.getRuntime().availableProcessors());
    }
}
