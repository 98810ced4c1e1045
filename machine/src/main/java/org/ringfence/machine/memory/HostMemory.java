package org.ringfence.machine.memory;

import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.operation.Property;
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

    /**
     * Whether {@code actor} is software of the host, whose accesses are held against host safety. A host that is not
     * trusted hurts nobody but itself.
     */
    static boolean isJudged(Actor actor) {
        return actor.principal() == Principal.HOST && actor.index() >= 0;
    }

    /**
     * Marks how an access by the host's own software ended: one that the hardware refuses is a page fault in the kernel
     * that no handler mends. Source: Linux, arch/x86/mm/fault.c (X86_PF_RMP).
     */
    static void judge(State state, boolean refused) {
        state.observe(refused ? Property.HOST_SAFETY.broken() : Property.HOST_SAFETY.exercised());
    }
}
