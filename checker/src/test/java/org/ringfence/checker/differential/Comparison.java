package org.ringfence.checker.differential;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.ringfence.checker.explore.Exploration;
import org.ringfence.checker.explore.Path;
import org.ringfence.checker.explore.Progress;
import org.ringfence.checker.explore.Software;
import org.ringfence.machine.operation.Property;

/** Holds the engine against the reference on one scenario, in every mode. */
public final class Comparison {
    private static final long STATES = 200_000;

    private final Scenario scenario;
    private final Reference reference;
    private final SplittableRandom random;
    private final Map<Integer, Software> known = new HashMap<>();

    /** What was compared; in which modes. */
    enum Compared {
        TOO_LARGE,
        EAGER,
        LAZY,
        SYMMETRIC,
        PROGRESS,
        BREACHES
    }

    private final Set<Compared> compared = new HashSet<>();

    private static final class Differs extends RuntimeException {
        private static final long serialVersionUID = 1;

        Differs(String sentence) {
            super(sentence);
        }
    }

    private Comparison(Scenario scenario, Reference reference, long seed) {
        this.scenario = scenario;
        this.reference = reference;
        this.random = new SplittableRandom(seed);
    }

    /** What was compared, and a difference or null. */
    record Result(Set<Compared> compared, @Nullable String difference) {}

    /** Compares; {@code most} states of the reference at most. */
    static Result of(Scenario scenario, long seed, int most) {
        Reference reference;
        try {
            reference = Reference.of(scenario, most);
        } catch (Control.TooLarge large) {
            return new Result(Set.of(Compared.TOO_LARGE), null);
        }
        Comparison comparison = new Comparison(scenario, reference, seed);
        try {
            comparison.all();
            return new Result(comparison.compared, null);
        } catch (Differs differs) {
            return new Result(comparison.compared, differs.getMessage());
        } catch (RuntimeException | AssertionError | VirtualMachineError thrown) {
            StackTraceElement[] trace = thrown.getStackTrace();
            return new Result(
                    comparison.compared,
                    "threw " + thrown
                            + java.util.Arrays.stream(trace).limit(8).map(line -> "\n    at " + line)
                                    .collect(Collectors.joining()));
        }
    }

    /**
     * The first difference among scenarios, printed; empty when there is none. Called by name on mutated copies of all
     * these classes.
     */
    public static String firstDifference(long firstSeed, int scenarios, int most) {
        for (long seed = firstSeed; seed < firstSeed + scenarios; seed++) {
            Result result = of(Scenario.random(seed), seed, most);
            if (result.difference != null) {
                return "seed " + seed + ": " + result.difference;
            }
        }
        return "";
    }

    /** A smaller scenario that differs too, if one is found by leaving out parts. */
    static Scenario shrunk(Scenario from, long seed, int most) {
        Scenario least = from;
        boolean smaller = true;
        while (smaller) {
            smaller = false;
            for (Scenario candidate : least.smaller()) {
                if (of(candidate, seed, most).difference != null) {
                    least = candidate;
                    smaller = true;
                    break;
                }
            }
        }
        return least;
    }

    private void all() {
        Engine engine = new Engine(scenario, Engine.Mode.EAGER, known);
        if (engine.isComplete()) {
            eager(engine);
            if (scenario.size().frames() > 0) {
                symmetric();
            }
        }
        lazy();
    }

    private void eager(Engine engine) {
        compared.add(Compared.EAGER);
        for (int a = 0; a < scenario.size().actors(); a++) {
            String differs = engine.automatonDiffers(a, reference.control(a));
            if (differs != null) {
                throw new Differs(differs);
            }
        }
        long states = random.nextInt(8) == 0 ? 200_000_000 : STATES;
        Exploration found = engine.explore(1, 1 << 15, states);
        same("eager: stop", Exploration.Stop.EXHAUSTED, found.stop());
        same("eager: states", reference.states(), (int) found.states());
        same("eager: transitions", reference.transitions(), found.transitions());
        same("eager: depth", reference.depth(), found.depth());
        same("eager: machines", reference.machines(), engine.machines());
        same("eager: marks", reference.exercised(), found.exercised());
        same("eager: who moved", reference.moved(), found.moved());
        same("eager: edges of software seen", reference.edgesSeen(), engine.edgesSeen());
        breaches("eager", engine, found, true);
        int threads = 1 + random.nextInt(3);
        int round = List.of(1, 2, 3, 7, 64, 1_500).get(random.nextInt(6));
        same(
                "%d threads, rounds of %d".formatted(threads, round),
                Engine.print(found),
                Engine.print(engine.explore(threads, round, STATES)));
        progress("eager", engine, reference.states());
    }

    private void lazy() {
        Engine engine = new Engine(scenario, Engine.Mode.LAZY, known);
        Exploration found = engine.explore(1, 1 << 15, 4_000);
        if (found.stop() == Exploration.Stop.STATES) {
            return;
        }
        compared.add(Compared.LAZY);
        same("lazy: stop", Exploration.Stop.EXHAUSTED, found.stop());
        same("lazy: machines", reference.machines(), engine.machines());
        same("lazy: who moved", reference.moved(), found.moved());
        // Whether anything changes where only software moves depends on the points that are told apart.
        breaches("lazy", engine, found, !reference.stoodStill());
        if (random.nextInt(4) == 0) {
            progress("lazy", engine, -1);
        }
    }

    private void symmetric() {
        Engine engine = new Engine(scenario, Engine.Mode.SYMMETRIC, known);
        compared.add(Compared.SYMMETRIC);
        Exploration found = engine.explore(1 + random.nextInt(2), 1 << 15, STATES);
        int orbits = reference.orbits();
        same("symmetric: stop", Exploration.Stop.EXHAUSTED, found.stop());
        same("symmetric: states", orbits, (int) found.states());
        same("symmetric: depth", reference.depth(), found.depth());
        same("symmetric: marks", reference.exercised(), found.exercised());
        same("symmetric: machines", orbits(reference.machines()), orbits(engine.machines()));
        breaches("symmetric", engine, found, true);
        progress("symmetric", engine, orbits);
    }

    private Set<List<Integer>> orbits(Set<List<Integer>> machines) {
        List<int[]> renamings = Reference.renamings(scenario.size());
        return machines.stream()
                .map(machine -> Reference.leastRenaming(scenario.size(), machine, renamings))
                .collect(Collectors.toSet());
    }

    private void breaches(String mode, Engine engine, Exploration found, boolean stuckToo) {
        for (Property property : List.of(Property.INTEGRITY, Property.INJECTIVITY, Property.AVAILABILITY)) {
            if (property == Property.AVAILABILITY && !stuckToo) {
                continue;
            }
            Path path = found.breaches().get(property);
            int length = path == null ? -1 : path.moves().size();
            same(mode + ": moves to the breach of " + property, reference.breaches().getOrDefault(property, -1),
                    length);
            if (path != null) {
                compared.add(Compared.BREACHES);
                engine.replay(path);
            }
        }
    }

    private void progress(String mode, Engine engine, int states) {
        int lost = reference.lost();
        switch (engine.progress(100_000)) {
            case Progress.Result.Reachable(int kept, int sweeps) -> {
                same(mode + ": moves to the loss of progress", lost, -1);
                if (states >= 0) {
                    same(mode + ": states of progress", states, kept);
                }
            }
            case Progress.Result.Lost(Path path) -> {
                same(mode + ": moves to the loss of progress", lost, path.moves().size());
                engine.replay(path);
            }
            case Progress.Result.Stopped() -> throw new Differs("progress was stopped by nobody");
            case Progress.Result.TooLarge(int kept) -> throw new Differs("progress keeps no more than " + kept);
        }
        compared.add(Compared.PROGRESS);
    }

    private static <T> void same(String what, T expected, T actual) {
        if (!expected.equals(actual)) {
            throw new Differs(what + ": " + actual + ", the reference has " + expected + onlyIn(expected, actual));
        }
    }

    private static String onlyIn(Object expected, Object actual) {
        if (expected instanceof Set<?> one && actual instanceof Set<?> other) {
            Set<Object> missing = new HashSet<>(one);
            missing.removeAll(other);
            Set<Object> more = new HashSet<>(other);
            more.removeAll(one);
            return "; missing %s, too many %s".formatted(missing, more);
        }
        return "";
    }

    /** How often each kind of comparison was made. */
    static String print(Map<Compared, Long> counts) {
        return counts.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .map(entry -> entry.getKey() + " " + entry.getValue())
                .collect(Collectors.joining(", "));
    }
}
