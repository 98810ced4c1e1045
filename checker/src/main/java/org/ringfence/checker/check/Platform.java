package org.ringfence.checker.check;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Family;
import org.ringfence.machine.operation.Guard;
import org.ringfence.machine.operation.Guards;
import org.ringfence.machine.operation.Invariant;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.state.Declaration;
import org.ringfence.machine.state.State;
import org.ringfence.machine.vocabulary.Vocabulary;

/** A protection as cases name it: how its machine is put together, and what its untrusted principals can do. */
public interface Platform {

    /** The name in case files. */
    String name();

    /** Its options with their defaults, as a record for {@link Options}. */
    Record options();

    /** Declares the parts of a machine; called twice, see {@link org.ringfence.machine.state.Layout#of}. */
    Machine declare(Declaration declaration, Setting setting);

    /** Makes a state of zero bits the machine's first. */
    void begin(State state, Machine machine, Setting setting);

    /** What the untrusted principals of {@code threat} draw from. */
    List<Family> families(Machine machine, Setting setting, ThreatModel threat);

    /** Of whom it knows what they can do where they are not trusted; under another's threat model there is nothing to check. */
    default Set<Principal> untrusted() {
        return EnumSet.of(Principal.HOST, Principal.INNER_GUEST);
    }

    /** Whether frames differ by nothing but their names. Not so where they lie at addresses that matter. */
    default boolean hasInterchangeableFrames() {
        return true;
    }

    /** What is judged on every state. */
    List<Invariant> invariants(Machine machine, Setting setting);

    /** Its checks that a case can switch off, in the order of reports. */
    default List<Guard> guards() {
        return List.of();
    }

    /** Every operation of its principals, by which scripts and random runs name them. */
    default Vocabulary vocabulary() {
        return new Vocabulary(List.of());
    }

    /** The machines that random runs play on. */
    default List<Scene> scenes() {
        return List.of();
    }

    /** What a careful actor abstains from, so that what then breaks is the machine's doing; nothing where anything may be done. */
    default Restraint restraint() {
        return (machine, actor, operation) -> Restraint.ALWAYS;
    }

    /**
     * What a machine is put together from.
     *
     * @param options this platform's record
     * @param actors those that run software under this threat model, in order
     * @param guards the checks that are off
     */
    record Setting(Geometry geometry, Record options, List<Actor> actors, ThreatModel threat, Guards guards) {
        public Setting {
            actors = List.copyOf(actors);
        }

        /** How many of the actors are vCPUs of the guest; they come first. */
        public int vcpus() {
            return (int) actors.stream()
                    .filter(actor -> actor.principal() == Principal.GUEST)
                    .count();
        }

        /** Whether the host runs software of its own. */
        public boolean hasHostSoftware() {
            return actors.stream().anyMatch(actor -> actor.principal() == Principal.HOST);
        }

        /** CPUs that the machine keeps account of: one for each actor, and one for an inner guest that does what it likes. */
        public int cpus() {
            boolean standIn = innerGuest().index() == actors.size();
            return actors.size() + (standIn && threat.malicious().contains(Principal.INNER_GUEST) ? 1 : 0);
        }

        /** The inner guest: the actor that runs its software, or one that stands for it where it does what it likes. */
        public Actor innerGuest() {
            return actors.stream()
                    .filter(actor -> actor.principal() == Principal.INNER_GUEST)
                    .findFirst()
                    .orElseGet(() -> new Actor(actors.size(), Principal.INNER_GUEST, "l2"));
        }
    }
}
