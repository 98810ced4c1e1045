package org.ringfence.checker.learn;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.ringfence.checker.explore.Clock;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Routine;

/**
 * One routine with its arguments, learned to the end: its points, hash-consed from the last one back, so that points
 * with equal futures are one. Points are numbered within the scope; {@link #root} is where a run begins.
 */
final class Scope {

    /** A point of a scope, its successors named by their numbers. */
    sealed interface Node {
        /** Asks; {@code next} by the result's code. */
        record Asks(Operation<?> operation, List<Integer> next) implements Node {}

        /** Calls; {@code next} by how the callee came back. */
        record Calls(Routine<?> routine, Map<CallEnding, Integer> next) implements Node {}

        /** Comes back. */
        record Ends(CallEnding ending) implements Node {}

        /** Goes on as another routine. */
        record Becomes(Routine<?> routine) implements Node {}
    }

    /** Requests of a history, and results of a request, that are looked at for a bare loop. */
    private static final int MOST_PROBED = 64;

    /** Runs of a scope before the first such look. */
    private static final int PROBES_FROM = 1_024;

    /** What is being done, for whoever is told that a limit came first. */
    static final String LEARNING = "software is learned";

    final Routine<?> routine;
    final List<Node> nodes = new ArrayList<>();
    final List<Set<String>> lines = new ArrayList<>();
    private final Map<Node, Integer> known = new HashMap<>();
    int root;
    int runs;

    private Scope(Routine<?> routine) {
        this.routine = routine;
    }

    /**
     * Thrown when a scope cannot be learned within its budget or has a result whose values are not known beforehand.
     */
    static final class Unbounded extends Exception {
        private static final long serialVersionUID = 1;

        private final String why;

        Unbounded(String why) {
            super(why, null, false, false);
            this.why = why;
        }

        String why() {
            return why;
        }
    }

    /**
     * An entry of the history under way: where the run stood, which edge it takes now, and where the edges taken before
     * it led.
     */
    private static final class Pending {
        final Reached at;
        final List<CallEnding> endings;
        final int edges;
        final List<Integer> next = new ArrayList<>();

        Pending(Reached at, List<CallEnding> endings, int edges) {
            this.at = at;
            this.endings = endings;
            this.edges = edges;
        }

        Entry entry() {
            return entry(next.size());
        }

        Entry entry(int edge) {
            return switch (at) {
                case Reached.Asks(var operation, var line) -> new Entry.Did(operation, edge);
                case Reached.Calls(var routine, var line) -> new Entry.Called(routine, endings.get(edge));
                case Reached.Ends ends -> throw new IllegalStateException("an end has no edges");
                case Reached.Becomes becomes -> throw new IllegalStateException("an end has no edges");
            };
        }
    }

    /** Learns {@code routine}, depth first; {@code scopes} learns what it calls. */
    static Scope learn(Routine<?> routine, Scopes scopes) throws Unbounded {
        Scope scope = new Scope(routine);
        Budget budget = scopes.budget();
        List<Entry> history = new ArrayList<>();
        List<Pending> stack = new ArrayList<>();
        while (true) {
            Clock.tick(LEARNING);
            if (scope.runs >= PROBES_FROM && Integer.bitCount(scope.runs) == 1) {
                scope.refuseBareLoop(stack, history, budget);
            }
            if (scope.runs == budget.runs()) {
                throw new Unbounded("%s has more than %,d histories".formatted(scope.name(), budget.runs()));
            }
            Reached reached = scope.run(history, budget);
            Pending pending = scope.open(reached, scopes);
            int done = -1;
            if (pending.edges == 0) {
                done = scope.close(pending);
            } else {
                stack.add(pending);
                history.add(pending.entry());
                if (history.size() > budget.operations()) {
                    throw tooLong(routine, reached, budget);
                }
                continue;
            }
            while (done >= 0) {
                if (stack.isEmpty()) {
                    scope.root = done;
                    return scope;
                }
                Pending above = stack.getLast();
                above.next.add(done);
                history.removeLast();
                if (above.next.size() < above.edges) {
                    history.add(above.entry());
                    done = -1;
                } else {
                    stack.removeLast();
                    done = scope.close(above);
                }
            }
        }
    }

    private Reached run(List<Entry> history, Budget budget) {
        runs++;
        Reached reached = RunOnce.of(routine, history);
        if (budget.twice() && !RunOnce.of(routine, history).equals(reached)) {
            throw new RoutineRefused("%s is not deterministic: the same results led it to %s and then elsewhere"
                    .formatted(name(), reached));
        }
        return reached;
    }

    /**
     * Where much follows a bare loop, the budget of runs is spent on what follows long before one run is too long. So
     * looks, now and then, whether some request of the history under way is repeated for ever when it ends as before.
     */
    private void refuseBareLoop(List<Pending> stack, List<Entry> history, Budget budget) {
        for (int from = 0; from < Math.min(stack.size(), MOST_PROBED); from++) {
            Pending pending = stack.get(from);
            for (int to = from + 1; to < stack.size(); to++) {
                if (stack.get(to).at.equals(pending.at)) {
                    probe(history, from, history.subList(from, to), pending, budget);
                    break;
                }
            }
            for (int edge = 0; edge < Math.min(pending.edges, MOST_PROBED); edge++) {
                probe(history, from, List.of(pending.entry(edge)), pending, budget);
            }
        }
    }

    /** Runs with a cycle of entries repeated beyond the budget; anything but a loop deviates from it. */
    private void probe(List<Entry> history, int from, List<Entry> cycle, Pending pending, Budget budget) {
        Clock.tick(LEARNING);
        List<Entry> once = new ArrayList<>(history.subList(0, from));
        once.addAll(cycle);
        Reached reached;
        try {
            if (!RunOnce.of(routine, once).equals(pending.at)) {
                return;
            }
            List<Entry> endless = new ArrayList<>(once);
            while (endless.size() <= budget.operations()) {
                endless.addAll(cycle);
            }
            reached = RunOnce.of(routine, endless);
        } catch (RoutineRefused deviates) {
            return;
        }
        if (reached.equals(pending.at)) {
            throw tooLong(routine, reached, budget);
        }
    }

    private Pending open(Reached reached, Scopes scopes) throws Unbounded {
        return switch (reached) {
            case Reached.Asks(var operation, var line) -> {
                int results = operation.results().count();
                if (results < 0) {
                    throw new Unbounded("%s asks for %s, whose results are learned as they occur"
                            .formatted(name(), operation.mnemonic()));
                }
                yield new Pending(reached, List.of(), results);
            }
            case Reached.Calls(var callee, var line) -> {
                List<CallEnding> endings = List.copyOf(scopes.endings(callee, line));
                yield new Pending(reached, endings, endings.size());
            }
            case Reached.Ends ends -> new Pending(reached, List.of(), 0);
            case Reached.Becomes becomes -> new Pending(reached, List.of(), 0);
        };
    }

    /** All edges of a point have been followed: finds or adds the point. */
    private int close(Pending pending) {
        Node node =
                switch (pending.at) {
                    case Reached.Asks(var operation, var line) ->
                        new Node.Asks(operation, List.copyOf(pending.next));
                    case Reached.Calls(var callee, var line) -> {
                        Map<CallEnding, Integer> next = new LinkedHashMap<>();
                        for (int i = 0; i < pending.edges; i++) {
                            next.put(pending.endings.get(i), pending.next.get(i));
                        }
                        yield new Node.Calls(callee, next);
                    }
                    case Reached.Ends(var ending) -> {
                        ContentText.check(ending);
                        yield new Node.Ends(ending);
                    }
                    case Reached.Becomes(var successor) -> new Node.Becomes(successor);
                };
        int number = known.computeIfAbsent(node, fresh -> {
            nodes.add(fresh);
            lines.add(new LinkedHashSet<>());
            return nodes.size() - 1;
        });
        if (pending.at instanceof Reached.Asks(var operation, String line)) {
            lines.get(number).add(line);
        }
        return number;
    }

    private static RoutineRefused tooLong(Routine<?> routine, Reached reached, Budget budget) {
        String line =
                switch (reached) {
                    case Reached.Asks(var operation, String at) -> at;
                    case Reached.Calls(var callee, String at) -> at;
                    case Reached.Ends ends -> "";
                    case Reached.Becomes becomes -> "";
                };
        return new RoutineRefused(
                "%s asks for more than %,d operations in one run, at %s: a loop without a fixed bound must end by cpu.again(...)"
                        .formatted(routine.getClass().getSimpleName(), budget.operations(), line));
    }

    private String name() {
        return routine.getClass().getSimpleName();
    }
}
