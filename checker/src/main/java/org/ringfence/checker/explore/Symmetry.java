package org.ringfence.checker.explore;

import org.ringfence.machine.state.State;

/** Names interchangeable things canonically. */
public interface Symmetry {

    /**
     * Makes {@code state} the representative of all states that differ from it by names of interchangeable things only.
     */
    void canonicalise(State state);
}
