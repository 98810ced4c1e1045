package org.ringfence.checker.explore;

/** Lets tests of other packages choose how many states a round expands. */
public final class Rounds {
    private Rounds() {}

    /** {@link Explorer#explore} with rounds of {@code round} states. */
    public static Exploration explore(Model model, Limits limits, int round) {
        return Explorer.explore(model, limits, Watcher.patient(), round);
    }
}
