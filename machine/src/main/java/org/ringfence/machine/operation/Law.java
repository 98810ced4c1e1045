package org.ringfence.machine.operation;

import org.ringfence.machine.state.State;

/**
 * A property that is judged by looking at a step: at what an operation changed and should not have. What one may change
 * another may not, so that it is told who takes the step.
 */
public interface Law {

    /** Which property this judges. */
    Property property();

    /** The marks of {@link Property} that the step earns; 0 when it does not bear on the property. */
    long judge(State before, Actor actor, Operation<?> operation, State after);
}
