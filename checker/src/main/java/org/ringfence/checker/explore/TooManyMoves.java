package org.ringfence.checker.explore;

import org.ringfence.machine.operation.Successors;

/** A state can be left in more ways than a search tells apart: the machine of the case is too large. */
public final class TooManyMoves extends RuntimeException {
    private static final long serialVersionUID = 1;

    TooManyMoves(int moves) {
        super("a state can be left in %,d ways; a search tells at most %,d apart: give the machine fewer pages, frames and vCPUs, or smaller buffers"
                .formatted(moves, Successors.MOST));
    }
}
