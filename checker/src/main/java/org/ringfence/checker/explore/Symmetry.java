package org.ringfence.checker.explore;

import org.ringfence.machine.state.State;

/** Names interchangeable things canonically. */
public interface Symmetry {

    /**
     * Makes {@code state} the representative of all states that differ from it by names of interchangeable things only.
     */
    void canonicalise(State state);

    /** Whether representatives stand for states that differ by names of pages, and are counted as so many. */
    default boolean mergesPages() {
        return false;
    }

    /** What it renames, in words that tell it from another. */
    default String renames() {
        return "frames renamed";
    }

    /** How many states {@code representative} is counted for. */
    default long size(State representative) {
        return 1;
    }
}
