package org.ringfence.machine.operation;

import org.ringfence.machine.state.State;

/** An operation bound to a machine and an actor. */
@FunctionalInterface
public interface Step {

    /**
     * Takes the step in {@code state}.
     *
     * @return a result's code, which is not negative: done; or one of {@link Outcome}'s numbers
     */
    long take(State state);
}
