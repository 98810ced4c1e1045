package org.ringfence.checker.check;

import java.util.List;
import java.util.Map;
import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.operation.Adversary;
import org.ringfence.machine.operation.Cast;
import org.ringfence.machine.operation.Guard;
import org.ringfence.machine.operation.Guards;
import org.ringfence.machine.operation.Invariant;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.state.Declaration;
import org.ringfence.machine.state.State;
import org.ringfence.machine.vocabulary.Vocabulary;

/**
 * A protection as cases name it: how its hardware is put together, and what its untrusted principals can do.
 * {@link Assembly} makes a machine of it.
 */
public interface Platform {

    /** The name in case files. */
    String name();

    /** Its options with their defaults, as a record for {@link Options}. */
    Record options();

    /** Options of earlier versions by name, each with where to find now what it stood for. */
    default Map<String, String> retired() {
        return Map.of();
    }

    /** Declares the hardware of a machine; called twice, see {@link org.ringfence.machine.state.Layout#of}. */
    Machine declare(Declaration declaration, Setting setting);

    /** Makes a state of zero bits the machine's first. */
    void begin(State state, Machine machine, Setting setting);

    /**
     * What each principal may do that is not trusted: a row for each principal and mode that it knows of, also where
     * these options leave it nothing to do. Under the threat model of another there is nothing to check.
     */
    List<Adversary> adversaries(Record options);

    /** Whether frames differ by nothing but their names. Not so where they lie at addresses that matter. */
    default boolean hasInterchangeableFrames() {
        return true;
    }

    /** The VMPLs at which an inner guest can run, where this protection has them: 1 to 3, or none. */
    default List<Integer> vmpls() {
        return List.of();
    }

    /** Whether it matters from which logical CPU a host calls, and hosts can share one with a vCPU. */
    default boolean hostsShareCpus() {
        return false;
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

    /** What of the real thing it leaves out, a sentence each, for {@code explain}. */
    default List<String> leavesOut() {
        return List.of();
    }

    /**
     * Something about a platform that its explanation tells.
     *
     * @param title what of
     * @param lines one after the other
     */
    record Passage(String title, List<String> lines) {
        public Passage {
            lines = List.copyOf(lines);
        }
    }

    /** What else its explanation tells, made from the code. */
    default List<Passage> passages() {
        return List.of();
    }

    /** The machines that random runs play on. */
    default List<Scene> scenes() {
        return List.of();
    }

    /**
     * What a careful actor abstains from, so that what then breaks is the machine's doing; nothing where anything may
     * be done.
     */
    default Restraint restraint() {
        return (machine, actor, operation) -> Restraint.ALWAYS;
    }

    /**
     * What the hardware of a machine is put together from.
     *
     * @param options this platform's record
     * @param guards the checks that are off
     */
    record Setting(Geometry geometry, Record options, Cast cast, Guards guards) {

        /** How many of the actors are vCPUs of the guest; they come first. */
        public int vcpus() {
            return cast.vcpus();
        }

        /** Whether the host runs software of its own. */
        public boolean hasHostSoftware() {
            return cast.hasHostSoftware();
        }

        /** CPUs that the machine keeps account of. */
        public int cpus() {
            return cast.cpus();
        }
    }
}
