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
    /** How deep routines may call each other; learning goes as deep on its own stack. */
    static final int MOST_CALLS = 256;

    private final Budget budget;
    private final Map<Routine<?>, Scope> learned = new LinkedHashMap<>();
    private final Map<Routine<?>, Set<CallEnding>> endings = new HashMap<>();
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
    Set<CallEnding> endings(Routine<?> routine, String line) throws Scope.Unbounded {
        Set<CallEnding> known = endings.get(routine);
        if (known != null) {
            return known;
        }
        Set<CallEnding> found = new LinkedHashSet<>();
        List<Routine<?>> open = new ArrayList<>(List.of(routine));
        Set<Routine<?>> reached = new LinkedHashSet<>(open);
        while (!open.isEmpty()) {
            Scope scope = learned(open.removeLast(), line);
            for (Scope.Node node : scope.nodes) {
                if (node instanceof Scope.Node.Ends(CallEnding ending)) {
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
        endings.put(routine, found);
        return found;
    }

    /**
     * The scope of one routine, called at {@code line}. What is being learned waits for what it calls: to come upon it
     * again, at whatever remove, is a recursion that the routine has no argument to end by.
     */
    private Scope learned(Routine<?> routine, String line) throws Scope.Unbounded {
        Scope known = learned.get(routine);
        if (known != null) {
            return known;
        }
        String name = routine.getClass().getSimpleName();
        if (!underWay.add(routine)) {
            throw new RoutineRefused(
                    "%s calls itself without end, at %s: a routine that goes on as itself must end by cpu.again(...)"
                            .formatted(name, line));
        }
        try {
            if (underWay.size() > MOST_CALLS) {
                throw new RoutineRefused(
                        "%s is called more than %,d routines deep, at %s: a loop without a fixed bound must end by cpu.again(...)"
                                .formatted(name, MOST_CALLS, line));
            }
            ContentText.check(routine);
            Scope scope = Scope.learn(routine, this);
            learned.put(routine, scope);
            return scope;
        } finally {
            underWay.remove(routine);
        }
    }
}
