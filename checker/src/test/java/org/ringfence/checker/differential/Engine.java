package org.ringfence.checker.differential;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.ringfence.checker.explore.Exploration;
import org.ringfence.checker.explore.FrameSymmetry;
import org.ringfence.checker.explore.Limits;
import org.ringfence.checker.explore.Model;
import org.ringfence.checker.explore.Path;
import org.ringfence.checker.explore.Progress;
import org.ringfence.checker.explore.Rounds;
import org.ringfence.checker.explore.Software;
import org.ringfence.checker.explore.SoftwareMover;
import org.ringfence.checker.learn.Budget;
import org.ringfence.checker.learn.Learner;
import org.ringfence.checker.run.Replay;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Family;
import org.ringfence.machine.operation.Invariant;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.operation.Property;
import org.ringfence.machine.operation.Routine;
import org.ringfence.machine.state.Bounded;
import org.ringfence.machine.state.Layout;
import org.ringfence.machine.state.State;
import org.ringfence.machine.vocabulary.Vocabulary;

/** A scenario as the engine gets it. */
final class Engine {
    private static final Budget BUDGET = new Budget(8_000, 10_000, 1 << 16, false);

    private final Scenario scenario;
    private final ToyMachine toy;
    private final Machine machine;
    private final Model model;
    private final List<Routine<?>> routines = new ArrayList<>();
    private final Set<List<Integer>> machines = ConcurrentHashMap.newKeySet();

    private record Views(ToyMachine toy, Bounded point) {}

    /** Notes the machine of every state, and judges a register. */
    private record Collector(ToyMachine toy, Scenario.Register bad, Set<List<Integer>> machines) implements Invariant {
        @Override
        public Property property() {
            return Property.INJECTIVITY;
        }

        @Override
        public long judge(State state) {
            machines.add(toy.vector(state));
            if (bad.value() < 0) {
                return 0;
            }
            return toy.register().get(state, bad.number()) == bad.value()
                    ? Property.INJECTIVITY.broken()
                    : Property.INJECTIVITY.exercised();
        }
    }

    /** How the scenario is given to the engine. */
    enum Mode {
        EAGER,
        LAZY,
        SYMMETRIC
    }

    /** The scenario in one mode; {@code known} has what was learned to the end, by the graph that it starts with. */
    Engine(Scenario scenario, Mode mode, Map<Integer, Software> known) {
        this.scenario = scenario;
        List<Software> software = new ArrayList<>();
        int points = 1;
        for (int start : scenario.starts()) {
            Walk walk = new Walk(scenario.program(), start, 0, null, null);
            routines.add(walk);
            Software learned = mode == Mode.LAZY
                    ? Learner.learnLazily(walk, BUDGET)
                    : Objects.requireNonNullElseGet(known.get(start), () -> Learner.learn(walk, BUDGET));
            if (learned.isComplete()) {
                known.put(start, learned);
            }
            software.add(learned);
            points = Math.max(points, learned.mostPoints());
        }
        int most = points;
        Layout.Placed<Views> placed = Layout.of(
                Layout.Storage.PACKED,
                scenario.size().frames(),
                scenario.size().perBlock(),
                declaration -> new Views(
                        ToyMachine.declare(declaration, scenario.size()),
                        declaration
                                .table(Model.SOFTWARE, "actor", scenario.size().actors())
                                .bounded("point", most - 1)));
        toy = placed.machine().toy();
        machine = Machine.of(toy, toy.cpus());
        List<SoftwareMover> movers = new ArrayList<>();
        for (int a = 0; a < software.size(); a++) {
            movers.add(SoftwareMover.of(
                    new Actor(a, Principal.GUEST, "cpu" + a), software.get(a), machine, placed.machine().point()));
        }
        List<Family> families = new ArrayList<>();
        scenario.families().forEach(kind -> families.add(new ToyFamily(toy, kind)));
        model = new Model(
                placed.layout(),
                placed.layout().newState(),
                movers,
                families,
                List.of(new Collector(toy, scenario.bad(), machines)),
                List.of(Property.INTEGRITY, Property.INJECTIVITY, Property.AVAILABILITY),
                mode == Mode.SYMMETRIC ? FrameSymmetry.of(placed.layout(), movers) : null);
    }

    Exploration explore(int threads, int round, long states) {
        machines.clear();
        return Rounds.explore(model, new Limits(states, 1L << 34, Duration.ofMinutes(5), threads), round);
    }

    /** The machines of the states explored last. */
    Set<List<Integer>> machines() {
        return machines;
    }

    boolean isComplete() {
        return model.software().stream().allMatch(mover -> mover.software().isComplete());
    }

    int edgesSeen() {
        int[] seen = {0};
        model.software().forEach(mover -> mover.eachEdgeSeen((from, code) -> seen[0]++));
        return seen[0];
    }

    Progress.Result progress(int most) {
        Scenario.Register goal = scenario.goal();
        return Progress.judge(
                model,
                state -> goal.value() < 0
                        ? hasReturned(model.software().getFirst(), state)
                        : toy.register().get(state, goal.number()) == goal.value(),
                most,
                () -> true);
    }

    private static boolean hasReturned(SoftwareMover mover, State state) {
        return mover.software().end(mover.point().get(state, mover.actor().index())) == Software.End.DONE;
    }

    void replay(Path path) {
        Replay.of(model, machine, new Vocabulary(List.of()), routines, path);
    }

    /** Every breach's moves, for comparison between runs. */
    static String print(Exploration found) {
        StringBuilder text = new StringBuilder();
        text.append("%s, %d states, %d transitions, depth %d, exercised %x, moved %s".formatted(
                found.stop(), found.states(), found.transitions(), found.depth(), found.exercised(), found.moved()));
        for (Property property : Property.values()) {
            Path path = found.breaches().get(property);
            if (path != null) {
                text.append("\n  ").append(property).append(':');
                path.moves().forEach(move -> text.append(" %d:%d=%x".formatted(
                        move.mover(), move.arguments(), move.after().fingerprint())));
            }
        }
        return text.toString();
    }

    /** Where an automaton differs from the reference's; null when they are one. */
    @Nullable
    String automatonDiffers(int actor, Control control) {
        Software software = model.software().get(actor).software();
        if (software.points() != control.parts()) {
            return "actor %d: %d points, the reference has %d".formatted(actor, software.points(), control.parts());
        }
        Map<Integer, Integer> partOf = new HashMap<>(Map.of(0, control.root()));
        List<Integer> open = new ArrayList<>(List.of(0));
        while (!open.isEmpty()) {
            int point = open.removeLast();
            int part = partOf.getOrDefault(point, -1);
            Operation<?> operation = software.operation(point);
            boolean same =
                    switch (control.stand(part)) {
                        case Control.Stand.Asking(var stack, var asked) -> asked.equals(operation);
                        case Control.Stand.Over(boolean panicked, String reason) -> operation == null
                                && (software.end(point) == Software.End.PANIC) == panicked
                                && software.reason(point).equals(reason);
                    };
            if (!same) {
                return "actor %d at point %d: %s, the reference has %s".formatted(actor, point, operation,
                        control.stand(part));
            }
            for (Map.Entry<Long, Integer> edge : control.edges(part).entrySet()) {
                int to = software.next(point, edge.getKey());
                Integer known = partOf.putIfAbsent(to, edge.getValue());
                if (known == null) {
                    open.add(to);
                } else if (!known.equals(edge.getValue())) {
                    return "actor %d: point %d merges what the reference keeps apart".formatted(actor, to);
                }
            }
        }
        return null;
    }
}
