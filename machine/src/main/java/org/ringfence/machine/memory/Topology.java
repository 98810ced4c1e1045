package org.ringfence.machine.memory;

import java.util.List;
import java.util.stream.IntStream;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Numbered;
import org.ringfence.machine.state.Declaration;
import org.ringfence.machine.state.Flag;
import org.ringfence.machine.state.State;

/**
 * Packages and logical CPUs. Every logical CPU belongs to a package for good; it is online, which it is at first, or
 * offline. What a package has cached stays when its CPUs go offline.
 *
 * @param packageOf the package of each logical CPU, from 0
 * @param packages how many packages there are
 */
public record Topology(List<Integer> packageOf, int packages, Flag offline) {

    public Topology {
        packageOf = List.copyOf(packageOf);
    }

    /** Declares the CPUs, all online. */
    public static Topology declare(Declaration declaration, List<Integer> packageOf) {
        if (packageOf.isEmpty() || packageOf.stream().anyMatch(number -> number < 0)) {
            throw new IllegalArgumentException(
                    "a machine has one logical CPU at least, each in a package from 0 on, not " + packageOf);
        }
        int packages = packageOf.stream().mapToInt(Integer::intValue).max().orElseThrow() + 1;
        if (!packageOf.containsAll(IntStream.range(0, packages).boxed().toList())) {
            throw new IllegalArgumentException(
                    "the packages of " + packageOf + " are not numbered from 0 without a gap");
        }
        return new Topology(
                packageOf, packages, declaration.table("logical CPU", "CPU", packageOf.size()).flag("offline"));
    }

    /** How many packages {@code machine} has: those of its processors, or of its caches, or one. */
    public static int packagesOf(Machine machine) {
        int caches = machine.find(Memory.class).map(memory -> memory.options().caches().packages()).orElse(0);
        return Math.max(Math.max(1, caches), machine.find(Topology.class).map(Topology::packages).orElse(1));
    }

    /** Declares {@code packages} packages of as many CPUs each, in the order of packages. */
    public static Topology declare(Declaration declaration, int packages, int cpusPerPackage) {
        return declare(
                declaration,
                IntStream.range(0, packages * cpusPerPackage).mapToObj(cpu -> cpu / cpusPerPackage).toList());
    }

    /** How many logical CPUs there are, online or not. */
    public int cpus() {
        return packageOf.size();
    }

    /**
     * Refuses a number that no CPU has.
     *
     * @throws IllegalArgumentException with a sentence
     */
    public void require(int cpu) {
        Numbered.require("logical CPU", cpu, cpus());
    }

    /** Whether {@code cpu} is online. */
    public boolean isOnline(State state, int cpu) {
        return !offline.get(state, cpu);
    }

    /** Takes {@code cpu} online or offline. */
    public void setOnline(State state, int cpu, boolean online) {
        offline.set(state, cpu, !online);
    }

    /** How many logical CPUs are online. */
    public int online(State state) {
        int online = 0;
        for (int cpu = 0; cpu < cpus(); cpu++) {
            online += isOnline(state, cpu) ? 1 : 0;
        }
        return online;
    }

    /** The first CPU of {@code number} that is online; -1 where none is. */
    public int onlineCpuOf(State state, int number) {
        for (int cpu = 0; cpu < cpus(); cpu++) {
            if (packageOf.get(cpu) == number && isOnline(state, cpu)) {
                return cpu;
            }
        }
        return -1;
    }

    /**
     * The package on which {@code actor} runs: an actor is on a logical CPU. Package 0 where the machine
     * has no topology, or no such CPU.
     */
    public static int packageOf(Machine machine, Actor actor) {
        return machine.find(Topology.class)
                .filter(topology -> actor.cpu() >= 0 && actor.cpu() < topology.cpus())
                .map(topology -> topology.packageOf.get(actor.cpu()))
                .orElse(0);
    }
}
