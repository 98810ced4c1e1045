package org.ringfence.checker.check;

import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.state.State;

/** What actors of a random run abstain from. */
@FunctionalInterface
public interface Restraint {
    /** Nothing. */
    Condition ALWAYS = state -> true;

    /** In which states {@code actor} allows itself {@code operation}; {@link #ALWAYS} when in all. */
    Condition on(Machine machine, Actor actor, Operation<?> operation);

    /** Some of the states. */
    @FunctionalInterface
    interface Condition {
        /** Whether this is one. */
        boolean holds(State state);
    }
}
