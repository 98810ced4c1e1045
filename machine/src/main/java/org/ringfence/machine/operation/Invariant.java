package org.ringfence.machine.operation;

import org.ringfence.machine.state.State;

/** A property that is judged by looking at a state. */
public interface Invariant {

    /** Which property this judges. */
    Property property();

    /** The marks of {@link Property} that this state earns; 0 when the state does not bear on the property. */
    long judge(State state);

    /**
     * Which page or frame is hurt in a state that breaks the property, in words; empty where the last operation tells.
     */
    default String hurt(State state) {
        return "";
    }
}
