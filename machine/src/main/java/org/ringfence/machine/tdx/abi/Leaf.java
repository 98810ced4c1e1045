package org.ringfence.machine.tdx.abi;

import org.ringfence.machine.state.State;

/** A leaf function with its operands, bound to a machine and a logical CPU. */
@FunctionalInterface
public interface Leaf {

    /**
     * Performs it on {@code state}.
     *
     * @return a code as a {@link org.ringfence.machine.operation.Step} does
     */
    long take(State state, Outputs outputs);
}
