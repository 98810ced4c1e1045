package org.ringfence.machine.operation;

import java.util.List;

/**
 * Who runs on a machine.
 *
 * @param actors those that run software, in the order of their indices: vCPUs of the guest come first
 * @param cpus CPUs that the machine keeps account of: one for each actor, and one for an inner guest that does what it
 *     likes
 */
public record Cast(List<Actor> actors, int cpus) {
    public Cast {
        actors = List.copyOf(actors);
        if (cpus < actors.size()) {
            throw new IllegalArgumentException("%d actors do not fit on %d CPUs".formatted(actors.size(), cpus));
        }
    }

    /** Actors, and nobody else who needs a CPU. */
    public static Cast of(List<Actor> actors) {
        return new Cast(actors, actors.size());
    }

    /** How many of the actors are vCPUs of the guest. */
    public int vcpus() {
        return count(Principal.GUEST);
    }

    /** Whether the host runs software of its own. */
    public boolean hasHostSoftware() {
        return count(Principal.HOST) > 0;
    }

    /** How many of the actors are software of {@code principal}. */
    public int count(Principal principal) {
        return (int) actors.stream().filter(actor -> actor.principal() == principal).count();
    }

    /** The inner guest: the actor that runs its software, or one that stands for it where it does what it likes. */
    public Actor innerGuest() {
        return actors.stream()
                .filter(actor -> actor.principal() == Principal.INNER_GUEST)
                .findFirst()
                .orElseGet(() -> new Actor(actors.size(), Principal.INNER_GUEST, "l2"));
    }
}
