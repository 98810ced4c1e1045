package org.ringfence.checker.learn;

import org.ringfence.checker.explore.Software;
import org.ringfence.machine.operation.Routine;

/**
 * Learns the software of an actor: to the end before the search when its budget allows, else as the search meets it.
 */
public final class Learner {
    private Learner() {}

    /**
     * Learns {@code routine}.
     *
     * @throws RoutineRefused when the routine cannot be explored
     */
    public static Software learn(Routine<?> routine, Budget budget) {
        try {
            return CompleteSoftware.learn(routine, budget);
        } catch (Scope.Unbounded unbounded) {
            return new LazySoftware(routine, budget, unbounded.why());
        }
    }

    /** Learns {@code routine} only as the search meets it, merging nothing: for comparison. */
    public static Software learnLazily(Routine<?> routine, Budget budget) {
        return new LazySoftware(routine, budget, "asked for");
    }
}
