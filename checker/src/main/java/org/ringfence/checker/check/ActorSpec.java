package org.ringfence.checker.check;

import java.util.List;
import java.util.Set;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Part;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.operation.Routine;

/**
 * An actor of a case.
 *
 * @param name what a trace calls it
 * @param principal whose software it runs
 * @param routine the software
 * @param cpu of a host's, the logical CPU on which it runs; {@link #OWN_CPU} for one of its own
 * @param platforms the platforms on which it runs; it is left out on others
 * @param vmpl on SEV-SNP, the VMPL at which it runs
 * @param needs the parts that the software shares with that of others
 */
public record ActorSpec(
        String name, Principal principal, int vmpl, int cpu, Routine<?> routine, Set<String> platforms,
        List<Part> needs) {
    /** A logical CPU on which no other actor is. */
    public static final int OWN_CPU = -1;

    public ActorSpec {
        needs = List.copyOf(needs);
        platforms = Set.copyOf(platforms);
    }

    /** At the VMPL that is usual for software of {@code principal}, on a logical CPU of its own. */
    public ActorSpec(
            String name, Principal principal, Routine<?> routine, Set<String> platforms, List<Part> needs) {
        this(name, principal, Actor.usualVmpl(principal), OWN_CPU, routine, platforms, needs);
    }

    /** The actor of a machine, with this index. */
    public Actor actor(int index) {
        return new Actor(index, principal, name, vmpl, cpu == OWN_CPU ? index : cpu);
    }

    /** The same on other platforms. */
    public ActorSpec on(Set<String> others) {
        return new ActorSpec(name, principal, vmpl, cpu, routine, others, needs);
    }
}
