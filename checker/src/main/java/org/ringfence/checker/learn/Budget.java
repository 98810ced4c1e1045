package org.ringfence.checker.learn;

/**
 * How far a scope is learned before the search begins.
 *
 * @param runs runs of one scope; past them the actor's software is learned as the search meets it
 * @param operations entries of one history; past them the routine is refused
 * @param points points of one actor learned lazily
 * @param twice whether every history is run twice, to catch a routine that is not deterministic
 */
public record Budget(int runs, int operations, int points, boolean twice) {
    /** What {@code check} uses. */
    public static final Budget DEFAULT = new Budget(100_000, 10_000, 1 << 20, false);

    /** The same budget, every history run twice. */
    public Budget checked() {
        return new Budget(runs, operations, points, true);
    }
}
