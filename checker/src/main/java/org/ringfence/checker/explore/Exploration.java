package org.ringfence.checker.explore;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.ringfence.machine.operation.Property;

/**
 * What a search found.
 *
 * @param stop why it ended
 * @param states distinct states
 * @param searched of these, those that were searched; the others differ from one of them by names of alike pages only
 * @param transitions moves, those included that changed nothing
 * @param depth moves from the first state to the last level that was expanded
 * @param breaches the shortest way to a breach of each property that has one
 * @param exercised marks of {@link Property} that were seen
 * @param moved for each mover of the model, whether it ever moved
 * @param bytes memory outside the heap at the end
 * @param mostBytes and at the worst moment
 * @param seconds from beginning to end
 * @param exact whether no two states can have been taken for one
 * @param fingerprintBits of a state, where not exact
 */
public record Exploration(
        Stop stop,
        long states,
        long searched,
        long transitions,
        int depth,
        Map<Property, Path> breaches,
        long exercised,
        List<Boolean> moved,
        long bytes,
        long mostBytes,
        double seconds,
        boolean exact,
        int fingerprintBits) {

    /** Why a search ended. */
    public enum Stop {
        /** Every reachable state was expanded. */
        EXHAUSTED,
        /** Who watched it knew enough. */
        ENOUGH,
        /** The limit on states. */
        STATES,
        /** The limit on memory. */
        MEMORY,
        /** The limit on time. */
        TIME,
        /** It was interrupted. */
        INTERRUPTED,
        /** It could not be kept on disk any more. */
        CHECKPOINT;

        /** What ended a search too early, in words; empty when nothing did. */
        public String inWords() {
            return switch (this) {
                case EXHAUSTED, ENOUGH -> "";
                case STATES -> "the limit on states";
                case MEMORY -> "the limit on memory";
                case TIME -> "the limit on time";
                case INTERRUPTED -> "an interrupt";
                case CHECKPOINT -> "a checkpoint that could not be written";
            };
        }
    }

    public Exploration {
        breaches = breaches.isEmpty() ? Map.of() : Map.copyOf(new EnumMap<>(breaches));
        moved = List.copyOf(moved);
    }

    /**
     * The probability that two of the states searched had one fingerprint, so that one of them may have been missed: at
     * most states squared over twice the number of fingerprints.
     */
    public double collisionProbability() {
        return exact ? 0 : (double) searched * searched / 2 / Math.pow(2, fingerprintBits);
    }
}
