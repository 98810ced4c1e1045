package org.ringfence.checker.differential;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.ringfence.machine.operation.Frame;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Question;

/**
 * Where the routine of one actor can stand, by stepping its graphs: a naive small-step interpreter with an explicit
 * stack, all configurations kept, and then merged by bisimulation in the most naive way (Moore).
 *
 * <p>An answer of which nothing is known is the set of the numbers it may be, out of the universe 0 to 63: graphs
 * question numbers below 8 only, so those above stand for all others.
 */
final class Control {
    private static final int MOST = 20_000;

    /**
     * A scope: the places inside each other where it stands (a graph and a node each), its variables, and how it is
     * leaving.
     */
    record Scope(List<Place> places, int first, int second, long answer, @Nullable Leaving leaving) {}

    /** A node. */
    record Place(int graph, int node) {}

    /** How a place is left, while its {@code finally} asks. */
    sealed interface Leaving {
        record Returning(int value, int frame) implements Leaving {}

        record Panicking(String reason) implements Leaving {}

        record Becoming(int graph, int node, int first, int second) implements Leaving {}
    }

    /** Where the software stands: before an operation, or at its end. */
    sealed interface Stand {
        record Asking(List<Scope> stack, Operation<?> operation) implements Stand {}

        record Over(boolean panicked, String reason) implements Stand {}
    }

    private static final int NONE = -1;
    private static final long ANYTHING = -1L;

    private final Node.Program program;
    private final Map<Stand, Integer> numbers = new LinkedHashMap<>();
    private final List<Stand> stands = new ArrayList<>();
    private final List<Map<Long, Integer>> next = new ArrayList<>();
    private int[] part = {};

    /** Thrown when there are too many configurations to be naive about. */
    static final class TooLarge extends RuntimeException {
        private static final long serialVersionUID = 1;

        TooLarge() {
            super("too many configurations for the reference");
        }
    }

    Control(Node.Program program, int start) {
        this.program = program;
        number(settle(List.of(scope(start, 0, NONE, NONE))));
        for (int s = 0; s < stands.size(); s++) {
            Map<Long, Integer> edges = new LinkedHashMap<>();
            if (stands.get(s) instanceof Stand.Asking asking) {
                for (long code : codes(asking.operation)) {
                    edges.put(code, number(advance(asking, code)));
                }
            }
            next.add(edges);
            if (stands.size() > MOST) {
                throw new TooLarge();
            }
        }
        merge();
    }

    // ---- what others ask

    /** The part that the software begins in. */
    int root() {
        return part[0];
    }

    /** How many parts there are. */
    int parts() {
        return Arrays.stream(part).max().orElse(-1) + 1;
    }

    /** Some stand of a part. */
    Stand stand(int of) {
        return stands.get(representative(of));
    }

    int next(int of, long code) {
        Integer to = next.get(representative(of)).get(code);
        if (to == null) {
            throw new IllegalStateException("no edge for " + code + " at " + stand(of));
        }
        return part[to];
    }

    Map<Long, Integer> edges(int of) {
        Map<Long, Integer> edges = new LinkedHashMap<>();
        next.get(representative(of)).forEach((code, to) -> edges.put(code, part[to]));
        return edges;
    }

    private int representative(int of) {
        return representatives[of];
    }

    private int[] representatives = {};

    /** What each part becomes when frames are renamed. */
    int[] renamed(int[] name) {
        int[] becomes = new int[parts()];
        for (int p = 0; p < becomes.length; p++) {
            Integer to = numbers.get(rename(stand(p), name));
            if (to == null) {
                throw new IllegalStateException("renaming frames leads out of the configurations: " + stand(p));
            }
            becomes[p] = part[to];
        }
        return becomes;
    }

    // ---- configurations

    private int number(Stand stand) {
        Integer known = numbers.get(stand);
        if (known != null) {
            return known;
        }
        numbers.put(stand, stands.size());
        stands.add(stand);
        return stands.size() - 1;
    }

    private static Scope scope(int graph, int node, int first, int second) {
        return new Scope(List.of(new Place(graph, node)), first, second, 0, null);
    }

    private static List<Long> codes(Operation<?> operation) {
        List<Long> codes = new ArrayList<>();
        if (operation instanceof ToyOperation.Valued) {
            for (int i = 0; i < 3; i++) {
                codes.add(i * ToyOperation.Valued.UNIT);
            }
        } else {
            for (long c = 0; c < operation.results().count(); c++) {
                codes.add(c);
            }
        }
        return codes;
    }

    private Node node(Scope scope) {
        Place place = scope.places.getLast();
        return program.graphs().get(place.graph).nodes().get(place.node);
    }

    /** Goes on from a configuration until an operation is asked or all is over. */
    private Stand settle(List<Scope> from) {
        Object now = from;
        while (!(now instanceof Stand stand)) {
            @SuppressWarnings("unchecked")
            List<Scope> stack = (List<Scope>) now;
            now = step(stack);
        }
        return stand;
    }

    /** One silent step: a stack, or where it stands. */
    private Object step(List<Scope> stack) {
        Scope scope = stack.getLast();
        Node node = node(scope);
        if (scope.leaving != null) {
            return new Stand.Asking(stack, ((Node.Guards) node).last());
        }
        return switch (node) {
            case Node.Ask(var operation, var edges) -> new Stand.Asking(stack, operation);
            case Node.Kicks(var operation, var edges) -> new Stand.Asking(stack, operation);
            case Node.Clears(var operation, var edges) -> new Stand.Asking(stack, operation);
            case Node.Hypercalls(var operation, int to) -> new Stand.Asking(stack, operation);
            case Node.Questions questions -> question(stack, scope, questions);
            case Node.TakesFrame(var source, int into, int to) -> new Stand.Asking(
                    stack,
                    source.slot() < 0
                            ? new ToyOperation.Pick(program.frames())
                            : new ToyOperation.ReadSlot(source.slot(), program.frames()));
            case Node.UsesFrame(var use, int place, var edges, int absent) -> {
                int frame = place == 0 ? scope.first : scope.second;
                int other = place == 0 ? scope.second : scope.first;
                if (frame == NONE) {
                    yield go(stack, absent);
                }
                yield new Stand.Asking(stack, switch (use) {
                    case Node.Use.Put(int slot) -> new ToyOperation.PutSlot(slot, new Frame(frame));
                    case Node.Use.Touches(int results, var rows) ->
                        new ToyOperation.Touch(new Frame(frame), results, rows);
                    case Node.Use.Links() ->
                        new ToyOperation.Link(new Frame(frame), new Frame(other == NONE ? frame : other));
                });
            }
            case Node.Compares(int same, int different) ->
                go(stack, scope.first != NONE && scope.first == scope.second ? same : different);
            case Node.Calls(int graph, boolean passes, var edges, int caught) -> {
                List<Scope> deeper = new ArrayList<>(stack);
                deeper.add(scope(graph, 0, passes ? scope.first : NONE, passes ? scope.second : NONE));
                yield List.copyOf(deeper);
            }
            case Node.Guards(int graph, var last, int panicOn, var edges) -> {
                List<Place> places = new ArrayList<>(scope.places);
                places.add(new Place(graph, 0));
                yield top(stack, new Scope(List.copyOf(places), scope.first, scope.second, scope.answer, null));
            }
            case Node.Panics(String reason) -> leave(stack, new Leaving.Panicking(reason));
            case Node.Returns(int value, int place) ->
                leave(
                        stack,
                        new Leaving.Returning(value, place < 0 ? NONE : place == 0 ? scope.first : scope.second));
            case Node.Becomes(int graph) ->
                leave(stack, new Leaving.Becoming(graph, 0, scope.first, scope.second));
        };
    }

    private static List<Scope> top(List<Scope> stack, Scope scope) {
        List<Scope> changed = new ArrayList<>(stack);
        changed.set(changed.size() - 1, scope);
        return List.copyOf(changed);
    }

    /** Along an edge of the innermost place. */
    private Object go(List<Scope> stack, int to) {
        Scope scope = stack.getLast();
        Place here = scope.places.getLast();
        if (to <= here.node) {
            return leave(stack, new Leaving.Becoming(here.graph, to, scope.first, scope.second));
        }
        List<Place> places = new ArrayList<>(scope.places);
        places.set(places.size() - 1, new Place(here.graph, to));
        return top(stack, new Scope(List.copyOf(places), scope.first, scope.second, scope.answer, null));
    }

    /** The innermost place is left. */
    private Object leave(List<Scope> stack, Leaving leaving) {
        Scope scope = stack.getLast();
        if (scope.places.size() > 1) {
            List<Place> outer = scope.places.subList(0, scope.places.size() - 1);
            return top(stack, new Scope(List.copyOf(outer), scope.first, scope.second, scope.answer, leaving));
        }
        if (leaving instanceof Leaving.Becoming(int graph, int node, int first, int second)) {
            return top(stack, scope(graph, node, first, second));
        }
        if (stack.size() == 1) {
            return leaving instanceof Leaving.Panicking(String reason)
                    ? new Stand.Over(true, reason)
                    : new Stand.Over(false, "");
        }
        List<Scope> callers = List.copyOf(stack.subList(0, stack.size() - 1));
        Scope caller = callers.getLast();
        Node.Calls calls = (Node.Calls) node(caller);
        return switch (leaving) {
            case Leaving.Returning(int value, int frame) -> {
                Scope back = frame == NONE
                        ? caller
                        : new Scope(caller.places, frame, caller.second, caller.answer, null);
                yield go(top(callers, back), calls.edges().get(value));
            }
            case Leaving.Panicking panicking ->
                calls.caught() < 0 ? leave(callers, panicking) : go(callers, calls.caught());
            case Leaving.Becoming becoming -> throw new IllegalStateException("handled above");
        };
    }

    private Object question(List<Scope> stack, Scope scope, Node.Questions questions) {
        if (scope.answer == 0) {
            return go(stack, questions.edges().getFirst());
        }
        Question open = open(scope.answer, questions);
        if (open != null) {
            return new Stand.Asking(stack, open);
        }
        long some = Long.numberOfTrailingZeros(scope.answer);
        long argument = questions.argument();
        return go(stack, questions.edges().get(switch (questions.kind()) {
            case IS -> some == argument ? 1 : 0;
            case BELOW -> some < argument ? 1 : 0;
            case BIT -> compressed(some, argument);
        }));
    }

    private static int compressed(long value, long mask) {
        int result = 0;
        int at = 0;
        for (int bit = 0; bit < 6; bit++) {
            if ((mask >> bit & 1) != 0) {
                result |= (int) (value >> bit & 1) << at++;
            }
        }
        return result;
    }

    private static @Nullable Question open(long answer, Node.Questions questions) {
        long argument = questions.argument();
        if (questions.kind() != Question.Kind.BIT) {
            Question question = new Question(questions.kind(), argument);
            return splits(answer, question) ? question : null;
        }
        for (int bit = 5; bit >= 0; bit--) {
            Question question = new Question(Question.Kind.BIT, 1L << bit);
            if ((argument >> bit & 1) != 0 && splits(answer, question)) {
                return question;
            }
        }
        return null;
    }

    private static boolean splits(long answer, Question question) {
        long yes = answer & yes(question);
        return yes != 0 && yes != answer;
    }

    /** The numbers of the universe of which the answer is yes. */
    private static long yes(Question question) {
        long yes = 0;
        for (int v = 0; v < 64; v++) {
            boolean is =
                    switch (question.kind()) {
                        case IS -> v == question.argument();
                        case BELOW -> v < question.argument();
                        case BIT -> (v & question.argument()) != 0;
                    };
            yes |= is ? 1L << v : 0;
        }
        return yes;
    }

    /** After the operation asked has ended with a code. */
    private Stand advance(Stand.Asking asking, long code) {
        List<Scope> stack = asking.stack;
        Scope scope = stack.getLast();
        Leaving leaving = scope.leaving;
        Object after;
        if (leaving != null) {
            Node.Guards guards = (Node.Guards) node(scope);
            Scope stays = new Scope(scope.places, scope.first, scope.second, scope.answer, null);
            Leaving now =
                    place(guards.last(), code) == guards.panicOn() ? new Leaving.Panicking("in finally") : leaving;
            after = now instanceof Leaving.Returning(int value, int frame)
                    ? go(top(stack, stays), guards.edges().get(value))
                    : leave(top(stack, stays), now);
        } else {
            after = switch (node(scope)) {
                case Node.Ask(var operation, var edges) -> go(stack, edges.get(place(operation, code)));
                case Node.Kicks(var operation, var edges) -> go(stack, edges.get((int) code));
                case Node.Clears(var operation, var edges) -> go(stack, edges.get((int) code));
                case Node.UsesFrame(var use, int place, var edges, int absent) -> go(stack, edges.get((int) code));
                case Node.Hypercalls(var operation, int to) -> {
                    long answer = code == operation.known() ? ANYTHING : 1L << code;
                    yield go(
                            top(stack, new Scope(scope.places, scope.first, scope.second, answer, null)), to);
                }
                case Node.TakesFrame(var source, int into, int to) -> {
                    int first = into == 0 ? (int) code : scope.first;
                    int second = into == 1 ? (int) code : scope.second;
                    yield go(top(stack, new Scope(scope.places, first, second, scope.answer, null)), to);
                }
                case Node.Questions questions -> {
                    long yes = yes((Question) asking.operation);
                    long answer = scope.answer & (code == 1 ? yes : ~yes);
                    yield top(stack, new Scope(scope.places, scope.first, scope.second, answer, null));
                }
                default -> throw new IllegalStateException(node(scope) + " asks for nothing");
            };
        }
        if (after instanceof Stand stand) {
            return stand;
        }
        @SuppressWarnings("unchecked")
        List<Scope> stackAfter = (List<Scope>) after;
        return settle(stackAfter);
    }

    private static int place(ToyOperation.Plain<?> operation, long code) {
        return (int) (operation instanceof ToyOperation.Valued ? code / ToyOperation.Valued.UNIT : code);
    }

    // ---- renaming

    private static Stand rename(Stand stand, int[] name) {
        return switch (stand) {
            case Stand.Over over -> over;
            case Stand.Asking(var stack, var operation) -> {
                List<Scope> renamed = new ArrayList<>();
                for (Scope scope : stack) {
                    renamed.add(new Scope(
                            scope.places,
                            named(scope.first, name),
                            named(scope.second, name),
                            scope.answer,
                            switch (scope.leaving) {
                                case null -> null;
                                case Leaving.Returning(int value, int frame) ->
                                    new Leaving.Returning(value, named(frame, name));
                                case Leaving.Panicking panicking -> panicking;
                                case Leaving.Becoming(int graph, int node, int first, int second) ->
                                    new Leaving.Becoming(graph, node, named(first, name), named(second, name));
                            }));
                }
                yield new Stand.Asking(List.copyOf(renamed), rename(operation, name));
            }
        };
    }

    private static Operation<?> rename(Operation<?> operation, int[] name) {
        if (operation instanceof ToyOperation.PutSlot(int slot, Frame(int f))) {
            return new ToyOperation.PutSlot(slot, new Frame(name[f]));
        }
        if (operation instanceof ToyOperation.Touch(Frame(int f), int results, var rows)) {
            return new ToyOperation.Touch(new Frame(name[f]), results, rows);
        }
        if (operation instanceof ToyOperation.Link(Frame(int f), Frame(int t))) {
            return new ToyOperation.Link(new Frame(name[f]), new Frame(name[t]));
        }
        return operation;
    }

    static int named(int frame, int[] name) {
        return frame == NONE ? NONE : name[frame];
    }

    // ---- merging

    private void merge() {
        int n = stands.size();
        part = new int[n];
        int parts = 0;
        while (true) {
            Map<List<Object>, Integer> seen = new HashMap<>();
            int[] refined = new int[n];
            for (int s = 0; s < n; s++) {
                List<Object> told = new ArrayList<>();
                told.add(stands.get(s) instanceof Stand.Asking asking ? asking.operation : stands.get(s));
                for (Map.Entry<Long, Integer> edge : next.get(s).entrySet()) {
                    told.add(edge.getKey());
                    told.add(part[edge.getValue()]);
                }
                refined[s] = seen.computeIfAbsent(told, fresh -> seen.size());
            }
            part = refined;
            if (seen.size() == parts) {
                break;
            }
            parts = seen.size();
        }
        representatives = new int[parts];
        Arrays.fill(representatives, -1);
        for (int s = 0; s < n; s++) {
            if (representatives[part[s]] < 0) {
                representatives[part[s]] = s;
            }
        }
    }
}
