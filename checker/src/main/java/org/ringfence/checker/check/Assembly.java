package org.ringfence.checker.check;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Adversary;
import org.ringfence.machine.operation.Cast;
import org.ringfence.machine.operation.Family;
import org.ringfence.machine.operation.Guards;
import org.ringfence.machine.operation.Invariant;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Part;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.state.Declaration;
import org.ringfence.machine.state.State;
import org.ringfence.machine.vocabulary.Compromise;

/**
 * How a machine is put together: a platform's hardware, the parts that software brings, and those that adversaries
 * keep. And who moves on it without software of its own: the adversaries of the platform and of the parts, as far as a
 * threat model has them.
 *
 * @param parts each once
 * @param adversaries those at work
 */
public record Assembly(
        Platform platform, Platform.Setting setting, List<Part> parts, List<Adversary> adversaries) {
    public Assembly {
        parts = List.copyOf(parts);
        adversaries = List.copyOf(adversaries);
    }

    /**
     * A machine for a threat model.
     *
     * @param actors those that run software, in order
     * @param brought what their software brings, and that of others who do not run it
     * @throws IllegalArgumentException with a sentence where two parts do not go together
     */
    public static Assembly of(
            Platform platform,
            Geometry geometry,
            Record options,
            List<Actor> actors,
            ThreatModel threat,
            Guards guards,
            List<Part> brought) {
        List<Part> parts = new ArrayList<>(brought);
        List<Adversary> adversaries = new ArrayList<>(platform.adversaries(options));
        Part.union(brought).forEach(part -> adversaries.addAll(part.adversaries()));
        adversaries.removeIf(adversary -> !threat.includes(adversary));
        adversaries.forEach(adversary -> parts.addAll(adversary.parts()));
        int standsIn = threat.isMalicious(Principal.INNER_GUEST) ? 1 : 0;
        Cast cast = new Cast(actors, actors.size() + standsIn);
        return new Assembly(
                platform, new Platform.Setting(geometry, options, cast, guards), Part.union(parts), adversaries);
    }

    /**
     * Declares the hardware, then those parts which the platform's options have not brought already; called twice, see
     * {@link org.ringfence.machine.state.Layout#of}.
     */
    public Machine declare(Declaration declaration) {
        Machine machine = platform.declare(declaration, setting);
        for (Part part : parts) {
            if (machine.find(part.type()).isPresent()) {
                continue;
            }
            List<Record> more = new ArrayList<>(machine.parts());
            more.add(part.declare(declaration, machine, setting.cast()));
            machine = new Machine(more);
        }
        return machine;
    }

    /** Makes a state of zero bits the machine's first. */
    public void begin(State state, Machine machine) {
        platform.begin(state, machine, setting);
    }

    /** What moves without software. */
    public List<Family> families(Machine machine) {
        return adversaries.stream()
                .flatMap(adversary -> families(machine, adversary).stream())
                .toList();
    }

    private List<Family> families(Machine machine, Adversary adversary) {
        List<Family> all = adversary.powers().families(machine, setting.cast());
        Optional<Compromise.Instant> instant = machine.find(Compromise.Instant.class);
        if (adversary.mode() != Adversary.Mode.RETROACTIVE || instant.isEmpty()) {
            return all;
        }
        return all.stream().map(family -> (Family) new FromInstant(family, instant.get())).toList();
    }

    /** What is judged on every state. */
    public List<Invariant> invariants(Machine machine) {
        return platform.invariants(machine, setting);
    }

    /**
     * The first principal that {@code threat} does not trust, and of which {@code platform} does not say what it does
     * then. What devices do, the parts say that software brings.
     */
    public static Optional<Principal> unknown(Platform platform, Record options, ThreatModel threat) {
        return threat.rows().stream()
                .filter(row -> row.mode() != null && row.principal() != Principal.DEVICE)
                .filter(row -> platform.adversaries(options).stream()
                        .noneMatch(adversary -> adversary.principal() == row.principal()
                                && adversary.mode() == row.mode()))
                .map(ThreatModel.Row::principal)
                .findFirst();
    }
}
