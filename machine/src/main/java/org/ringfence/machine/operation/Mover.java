package org.ringfence.machine.operation;

import org.ringfence.machine.state.State;

/** Someone who can move: an actor's software, or a {@link Family} of an untrusted principal. */
public interface Mover {

    /**
     * Makes each move that {@code state} enables, in turn: changes the state in place and hands it to
     * {@link Successors#take}, which restores it. Which moves there are, and their order, is a function of the state
     * alone.
     */
    void each(State state, Successors successors);
}
