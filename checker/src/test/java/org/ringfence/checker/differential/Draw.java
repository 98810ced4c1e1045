package org.ringfence.checker.differential;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.ringfence.machine.operation.Outcome;
import org.ringfence.machine.operation.Question;

/**
 * Draws a scenario. Edges and graphs are such that every way through them asks for an operation before it comes back.
 */
final class Draw {
    private final SplittableRandom random;
    private final ToyMachine.Size size;
    private final boolean exits;
    private final boolean calls;
    private final boolean values;
    private int names;

    /** Whether the graph under way has called the host, so that there is an answer to question. */
    private boolean called;

    Draw(SplittableRandom random) {
        this.random = random;
        exits = chance(40);
        calls = chance(40);
        values = chance(12);
        int frames = chance(35) ? 0 : 2 + random.nextInt(2);
        boolean blocks = frames > 0 && chance(15);
        size = new ToyMachine.Size(
                1 + random.nextInt(2),
                1 + random.nextInt(3),
                blocks ? 4 : frames,
                blocks ? 2 : 1,
                2,
                frames == 0 ? 0 : 1 + random.nextInt(2),
                chance(25) ? 1 + random.nextInt(2) : 0,
                chance(70) ? 2 : 1,
                calls ? 1 + random.nextInt(2) : 0);
    }

    private boolean chance(int percent) {
        return random.nextInt(100) < percent;
    }

    Scenario scenario() {
        int graphs = 1 + random.nextInt(3);
        List<Node.Graph> drawn = new ArrayList<>();
        for (int g = 0; g < graphs; g++) {
            drawn.add(graph(g, graphs));
        }
        List<Integer> starts = new ArrayList<>();
        for (int a = 0; a < size.actors(); a++) {
            starts.add(a == 0 || chance(70) ? 0 : random.nextInt(graphs));
        }
        return new Scenario(
                size,
                new Node.Program(List.copyOf(drawn), size.frames()),
                starts,
                families(),
                new Scenario.Register(random.nextInt(size.registers()), chance(30) ? value() : -1),
                new Scenario.Register(random.nextInt(size.registers()), chance(50) ? value() : -1));
    }

    private int value() {
        return random.nextInt(size.most() + 1);
    }

    private Node.Graph graph(int graph, int graphs) {
        int count = 4 + random.nextInt(6);
        called = false;
        List<Node> nodes = new ArrayList<>();
        List<Integer> asking = new ArrayList<>();
        for (int n = 0; n < count - 1; n++) {
            if (n == 0) {
                asking.add(0);
            }
            int here = n;
            Supplier<Integer> edge = () -> edge(here, count, asking);
            Node node = n == 0 ? ask(edge) : node(graph, graphs, edge);
            if (n > 0 && node instanceof Node.Ask) {
                asking.add(n);
            }
            nodes.add(node);
        }
        nodes.add(last(graph, graphs));
        return new Node.Graph(List.copyOf(nodes));
    }

    /** Onward, or by again to a node that asks. */
    private int edge(int here, int count, List<Integer> asking) {
        if (chance(35)) {
            return asking.get(random.nextInt(asking.size()));
        }
        return here + 1 + (chance(55) ? 0 : random.nextInt(count - here - 1));
    }

    private Node last(int graph, int graphs) {
        if (chance(10)) {
            return new Node.Panics("reason " + random.nextInt(2));
        }
        if (chance(25)) {
            return new Node.Becomes(graph + random.nextInt(graphs - graph));
        }
        return returns();
    }

    private Node returns() {
        return new Node.Returns(random.nextInt(3), size.frames() > 0 && chance(40) ? random.nextInt(2) : -1);
    }

    private Node node(int graph, int graphs, Supplier<Integer> edge) {
        boolean more = graph + 1 < graphs;
        if (called && chance(45)) {
            return question(edge);
        }
        return switch (random.nextInt(14)) {
            case 0, 1, 2, 3 -> ask(edge);
            case 4 -> more ? call(graph, graphs, edge) : ask(edge);
            case 5 -> more
                    ? new Node.Guards(
                            other(graph, graphs), plain(), chance(30) ? random.nextInt(2) : -1, edges(3, edge))
                    : ask(edge);
            case 6, 7 -> calls ? hypercall(edge) : ask(edge);
            case 8 -> calls ? question(edge) : ask(edge);
            case 9, 10 -> size.frames() > 0 ? takes(edge) : ask(edge);
            case 11, 12 -> size.frames() > 0 ? uses(edge) : ask(edge);
            default -> other(edge);
        };
    }

    private Node other(Supplier<Integer> edge) {
        if (chance(8)) {
            return new Node.Panics("reason " + random.nextInt(2));
        }
        if (chance(8)) {
            return returns();
        }
        if (size.frames() > 0 && chance(40)) {
            return chance(50)
                    ? new Node.Compares(edge.get(), edge.get())
                    : new Node.Clears(
                            new ToyOperation.ClearSlot(random.nextInt(size.slots())), edges(2, edge));
        }
        if (size.actors() > 1 && (exits || calls)) {
            return new Node.Kicks(
                    new ToyOperation.Kick(random.nextInt(2), random.nextInt(size.known() + 1)), edges(3, edge));
        }
        return ask(edge);
    }

    private int other(int graph, int graphs) {
        return graph + 1 + random.nextInt(graphs - graph - 1);
    }

    private static List<Integer> edges(int count, Supplier<Integer> edge) {
        return IntStream.range(0, count).mapToObj(i -> edge.get()).toList();
    }

    private Node call(int graph, int graphs, Supplier<Integer> edge) {
        return new Node.Calls(other(graph, graphs), chance(50), edges(3, edge), chance(50) ? edge.get() : -1);
    }

    private Node hypercall(Supplier<Integer> edge) {
        called = true;
        Rule rule = rule(size.known() + 1, Outcome.CALLS);
        return new Node.Hypercalls(new ToyOperation.Hypercall("call" + names++, size.known(), rule), edge.get());
    }

    private Node question(Supplier<Integer> edge) {
        return switch (random.nextInt(3)) {
            case 0 -> new Node.Questions(Question.Kind.IS, random.nextInt(5), edges(2, edge));
            case 1 -> new Node.Questions(Question.Kind.BELOW, random.nextInt(6), edges(2, edge));
            default -> new Node.Questions(Question.Kind.BIT, 1 + random.nextInt(6), edges(4, edge));
        };
    }

    private Node takes(Supplier<Integer> edge) {
        return new Node.TakesFrame(
                new Node.Source(chance(60) ? -1 : random.nextInt(size.slots())), random.nextInt(2), edge.get());
    }

    private Node uses(Supplier<Integer> edge) {
        return switch (random.nextInt(3)) {
            case 0 -> new Node.UsesFrame(
                    new Node.Use.Put(random.nextInt(size.slots())), random.nextInt(2), edges(2, edge), edge.get());
            case 1 -> {
                int results = 1 + random.nextInt(2);
                List<Rule.Row> rows = new ArrayList<>();
                for (int c = 0; c < size.contents(); c++) {
                    rows.add(row(results, size.contents(), Outcome.EXITS));
                }
                yield new Node.UsesFrame(
                        new Node.Use.Touches(results, List.copyOf(rows)),
                        random.nextInt(2),
                        edges(results, edge),
                        edge.get());
            }
            default -> new Node.UsesFrame(new Node.Use.Links(), random.nextInt(2), edges(2, edge), edge.get());
        };
    }

    private Node ask(Supplier<Integer> edge) {
        ToyOperation.Plain<?> plain = plain();
        int results =
                switch (plain) {
                    case ToyOperation.Numbered numbered -> numbered.count();
                    case ToyOperation.Closed closed -> 3;
                    case ToyOperation.Truth truth -> 2;
                    case ToyOperation.Listed listed -> listed.values().size();
                    case ToyOperation.Valued valued -> 3;
                };
        return new Node.Ask(plain, edges(results, edge));
    }

    /**
     * Some operations have one name and differ in their rows only; some are one and the same asked at several nodes.
     */
    private ToyOperation.Plain<?> plain() {
        String name = "op" + (chance(70) ? names++ : 0);
        if (values && chance(40)) {
            return new ToyOperation.Valued(name, withoutChoices(rule(3, Outcome.EXITS)));
        }
        return switch (random.nextInt(6)) {
            case 0, 1 -> {
                int results = chance(6) ? 20 : 1 + random.nextInt(3);
                yield new ToyOperation.Numbered(name, results, rule(results, Outcome.EXITS));
            }
            case 2 -> new ToyOperation.Closed(name, rule(3, Outcome.EXITS));
            case 3, 4 -> new ToyOperation.Truth(name, rule(2, Outcome.EXITS));
            default -> new ToyOperation.Listed(name, List.of("one", "two"), rule(2, Outcome.EXITS));
        };
    }

    private Rule rule(int results, long away) {
        List<Rule.Row> rows = new ArrayList<>();
        for (int v = 0; v <= size.most(); v++) {
            rows.add(row(results, size.most() + 1, away));
        }
        return new Rule(random.nextInt(size.registers()), random.nextInt(size.registers()), rows);
    }

    /** A choice ends with the codes from 0 onward, which are no multiples of a value's unit. */
    private static Rule withoutChoices(Rule rule) {
        return new Rule(
                rule.reads(),
                rule.writes(),
                rule.rows().stream()
                        .map(row -> Outcome.choices(row.outcome()) > 0 ? new Rule.Row(0, row.to(), row.mark()) : row)
                        .toList());
    }

    private Rule.Row row(int results, int values, long away) {
        int mark = chance(94) ? 0 : chance(50) ? 1 : 2 + random.nextInt(2);
        int to = chance(40) ? -1 : random.nextInt(values);
        if (chance(5)) {
            return new Rule.Row(Outcome.WAITS, -1, 0);
        }
        if (away == Outcome.CALLS ? chance(80) : exits && chance(15)) {
            return new Rule.Row(away, to, mark);
        }
        if (chance(8) && results > 1) {
            return new Rule.Row(Outcome.choice(results), to, mark);
        }
        return new Rule.Row(random.nextInt(results), to, mark);
    }

    private List<ToyFamily.Kind> families() {
        List<ToyFamily.Kind> kinds = new ArrayList<>();
        if (chance(85)) {
            List<ToyFamily.Kind.Drift> drifts = new ArrayList<>();
            for (int d = 1 + random.nextInt(3); d >= 0; d--) {
                drifts.add(new ToyFamily.Kind.Drift(
                        random.nextInt(size.registers()), value(), value(), chance(90) ? 0 : 1 + random.nextInt(3)));
            }
            kinds.add(new ToyFamily.Kind.Drifts(List.copyOf(drifts)));
        }
        if (exits && chance(92)) {
            kinds.add(new ToyFamily.Kind.Resumes(random.nextInt(size.registers()), value()));
        }
        if (calls && chance(94)) {
            kinds.add(new ToyFamily.Kind.Answers());
        }
        if (size.frames() > 0 && chance(60)) {
            kinds.add(new ToyFamily.Kind.Scribbles(
                    random.nextInt(size.registers()), value(), random.nextInt(2), random.nextInt(2)));
        }
        if (size.frames() > 0 && chance(60)) {
            kinds.add(new ToyFamily.Kind.Fills(random.nextInt(size.slots())));
        }
        return kinds;
    }
}
