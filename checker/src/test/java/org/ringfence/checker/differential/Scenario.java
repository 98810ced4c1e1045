package org.ringfence.checker.differential;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * A random model as data.
 *
 * @param starts the graph that each actor starts with
 * @param bad the register and its value that break injectivity; a negative value for none
 * @param goal the register and its value that must stay reachable; a negative value for "the first actor has returned"
 */
record Scenario(
        ToyMachine.Size size,
        Node.Program program,
        List<Integer> starts,
        List<ToyFamily.Kind> families,
        Register bad,
        Register goal) {

    Scenario {
        starts = List.copyOf(starts);
        families = List.copyOf(families);
    }

    /** A register and a value. */
    record Register(int number, int value) {}

    /**
     * The same with every actor's graphs, family or node left out in turn: what to try when looking for a smaller
     * failure.
     */
    List<Scenario> smaller() {
        List<Scenario> all = new ArrayList<>();
        for (int f = 0; f < families.size(); f++) {
            List<ToyFamily.Kind> rest = new ArrayList<>(families);
            rest.remove(f);
            all.add(new Scenario(size, program, starts, rest, bad, goal));
        }
        for (int g = 0; g < program.graphs().size(); g++) {
            for (int n = 0; n < program.graphs().get(g).nodes().size(); n++) {
                if (!(program.graphs().get(g).nodes().get(n) instanceof Node.Returns)) {
                    all.add(with(g, n, new Node.Returns(0, -1)));
                }
            }
        }
        return all;
    }

    private Scenario with(int graph, int node, Node other) {
        List<Node.Graph> graphs = new ArrayList<>(program.graphs());
        List<Node> nodes = new ArrayList<>(graphs.get(graph).nodes());
        nodes.set(node, other);
        graphs.set(graph, new Node.Graph(List.copyOf(nodes)));
        return new Scenario(
                size, new Node.Program(List.copyOf(graphs), program.frames()), starts, families, bad, goal);
    }

    /** Every part on a line of its own. */
    String print() {
        StringBuilder text = new StringBuilder();
        text.append(size).append("\nstarts ").append(starts).append('\n');
        for (int g = 0; g < program.graphs().size(); g++) {
            List<Node> nodes = program.graphs().get(g).nodes();
            for (int n = 0; n < nodes.size(); n++) {
                text.append("  ").append(g).append('.').append(n).append("  ").append(nodes.get(n)).append('\n');
            }
        }
        families.forEach(kind -> text.append("  ").append(kind).append('\n'));
        return text.append("bad ").append(bad).append(", goal ").append(goal).append('\n').toString();
    }

    /** The scenario of this number; the same in every process. */
    static Scenario random(long seed) {
        return new Draw(new SplittableRandom(seed * 0x9E3779B97F4A7C15L + 1)).scenario();
    }
}
