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
 * @param platforms the platforms on which it runs; it is left out on others
 * @param vmpl on SEV-SNP, the VMPL at which it runs
 * @param needs the parts that the software shares with that of others
 */
public record ActorSpec(
        String name, Principal principal, int vmpl, Routine<?> routine, Set<String> platforms, List<Part> needs) {
    public ActorSpec {
        needs = List.copyOf(needs);
        platforms = Set.copyOf(platforms);
    }

    /** At the VMPL that is usual for software of {@code principal}. */
    public ActorSpec(
            String name, Principal principal, Routine<?> routine, Set<String> platforms, List<Part> needs) {
        this(name, principal, Actor.usualVmpl(principal), routine, platforms, needs);
    }

    /** The same on other platforms. */
    public ActorSpec on(Set<String> others) {
        return new ActorSpec(name, principal, vmpl, routine, others, needs);
    }
}
