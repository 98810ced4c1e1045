package org.ringfence.machine.memory;

import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.state.State;

/**
 * Which frames software without keys of a protected guest may read and write: what SEV-SNP's RMP refuses, for example.
 * A part of machines where any is refused.
 */
public interface HostMemory {

    /** Whether an access to {@code frame} through a 4K mapping goes on. */
    boolean permits(State state, int frame, boolean write);

    /** The rule of {@code machine}; every access where it has none. */
    static HostMemory of(Machine machine) {
        return machine.find(HostMemory.class).orElse((_, _, _) -> true);
    }
}
