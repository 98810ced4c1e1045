package org.ringfence.checker.check;

import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Part;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.operation.Property;

/**
 * A machine for random runs: small, so that what is rare in life is not, and with everyone on it who can do something.
 *
 * @param name in a report
 * @param options by name; the platform's defaults for others
 * @param cast who acts, guests first
 * @param judged what must hold whatever they do
 * @param parts what their software would bring
 */
public record Scene(
        String name,
        MachineSpec machine,
        Map<String, Object> options,
        List<Role> cast,
        Set<Property> judged,
        List<Part> parts) {

    /** A machine of hardware alone. */
    public Scene(
            String name, MachineSpec machine, Map<String, Object> options, List<Role> cast, Set<Property> judged) {
        this(name, machine, options, cast, judged, List.of());
    }

    /**
     * One who acts.
     *
     * @param name what a trace calls it
     * @param vmpl on SEV-SNP, the VMPL at which it runs
     * @param cpu of a host's, the logical CPU on which it runs; {@link ActorSpec#OWN_CPU} for one of its own
     */
    public record Role(String name, Principal principal, int vmpl, int cpu) {
        /** On a logical CPU of its own. */
        public Role(String name, Principal principal, int vmpl) {
            this(name, principal, vmpl, ActorSpec.OWN_CPU);
        }

        /** Software of a host, on logical CPU {@code cpu}. */
        public static Role onCpu(int cpu) {
            String name = Principal.HOST + " on CPU " + cpu;
            return new Role(name, Principal.HOST, Actor.usualVmpl(Principal.HOST), cpu);
        }

        /** The actor of a machine, with this index. */
        public Actor actor(int index) {
            return new Actor(index, principal, name, vmpl, cpu == ActorSpec.OWN_CPU ? index : cpu);
        }

        /** At the VMPL that is usual for software of {@code principal}. */
        public Role(String name, Principal principal) {
            this(name, principal, Actor.usualVmpl(principal));
        }
    }

    public Scene {
        options = Map.copyOf(options);
        cast = List.copyOf(cast);
        parts = List.copyOf(parts);
        judged = Set.copyOf(EnumSet.copyOf(judged));
    }

    /** The platform's options with those of this scene. */
    public Record options(Platform platform) {
        try {
            return Options.with(platform.options(), options);
        } catch (Options.BadOption bad) {
            throw new IllegalStateException("the scene '%s': %s".formatted(name, bad.sentence()), bad);
        }
    }
}
