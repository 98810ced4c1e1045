package org.ringfence.checker.explore;

import org.ringfence.machine.operation.Operation;

/** Moves that a search is to find a shortest way to. */
public interface Sought {

    /**
     * Whether it is sought that software goes on from point {@code from} with the result {@code code};
     * {@link SoftwareMover#EXITED} and {@link SoftwareMover#CALLED} are codes too.
     */
    boolean isResult(Software software, int from, long code);

    /** Whether it is sought that an untrusted principal performs {@code operation}. */
    boolean isDrawn(Operation<?> operation);
}
