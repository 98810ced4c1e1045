package org.ringfence.checker.explore;

import org.ringfence.machine.operation.Successors;
import org.ringfence.machine.state.State;

/**
 * Something threw while the successors of a state were computed: a move, or an invariant that judged the state. Such a
 * search has no verdict.
 */
public final class BrokenStep extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final transient State before;

    private BrokenStep(State before, Throwable cause) {
        super(cause);
        this.before = before;
    }

    /** In the state that {@code successors} are of, whose words {@code state} may have been left half changed. */
    static BrokenStep of(State state, Successors successors, Throwable cause) {
        State before = state.snapshot();
        successors.copyParent(before.words());
        return new BrokenStep(before, cause);
    }

    /** The state whose successors were computed. */
    public State before() {
        return before;
    }

    /** What was thrown. */
    public Throwable thrown() {
        return java.util.Objects.requireNonNull(getCause());
    }
}
