package org.ringfence.checker.learn;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.ringfence.machine.operation.Routine;

/** The scopes that one actor's software consists of, each learned once. */
final class Scopes {
    private final Budget budget;
    private final Map<Routine<?>, Scope> learned = new LinkedHashMap<>();
    private final Map<Routine<?>, Set<Ending>> endings = new HashMap<>();
    private final Set<Routine<?>> underWay = new LinkedHashSet<>();

    Scopes(Budget budget) {
        this.budget = budget;
    }

    Budget budget() {
        return budget;
    }

    int size() {
        return learned.size();
    }

    int runs() {
        return learned.values().stream().mapToInt(scope -> scope.runs).sum();
    }

    Scope get(Routine<?> routine) {
        Scope scope = learned.get(routine);
        if (scope == null) {
            throw new IllegalStateException(routine + " was not learned");
        }
        return scope;
    }

    /** Learns {@code routine}, all it calls and all it may become; answers how it can come back. */
    Set<Ending> endings(Routine<?> routine, String line) throws Scope.Unbounded {
        Set<Ending> known = endings.get(routine);
        if (known != null) {
            return known;
        }
        Set<Ending> found = new LinkedHashSet<>();
        List<Routine<?>> entered = new ArrayList<>();
        try {
            List<Routine<?>> open = new ArrayList<>(List.of(routine));
            Set<Routine<?>> reached = new LinkedHashSet<>(open);
            while (!open.isEmpty()) {
                Routine<?> next = open.removeLast();
                if (!underWay.add(next)) {
                    throw new RoutineRefused(
                            "%s calls itself without end, at %s: a routine that goes on as itself must end by cpu.again(...)"
                                    .formatted(next.getClass().getSimpleName(), line));
                }
                entered.add(next);
                Scope scope = learned.get(next);
                if (scope == null) {
                    scope = Scope.learn(next, this);
                    learned.put(next, scope);
                }
                for (Scope.Node node : scope.nodes) {
                    if (node instanceof Scope.Node.Ends(Ending ending)) {
                        found.add(ending);
                    } else if (node instanceof Scope.Node.Becomes(Routine<?> successor) && reached.add(successor)) {
                        open.add(successor);
                    }
                }
                if (reached.size() > budget.runs()) {
                    throw new Scope.Unbounded("%s becomes more than %,d routines"
                            .formatted(routine.getClass().getSimpleName(), budget.runs()));
                }
            }
        } finally {
            entered.forEach(underWay::remove);
        }
        endings.put(routine, found);
        return found;
    }
}
