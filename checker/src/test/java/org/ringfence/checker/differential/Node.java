package org.ringfence.checker.differential;

import java.util.List;
import org.ringfence.machine.operation.Question;

/**
 * A node of a graph. An edge names a node of the same graph; one that does not lead onward is gone by {@code again}.
 */
sealed interface Node {

    /** Asks for an operation with few results. */
    record Ask(ToyOperation.Plain<?> operation, List<Integer> edges) implements Node {}

    /** Kicks another actor. */
    record Kicks(ToyOperation.Kick operation, List<Integer> edges) implements Node {}

    /** Calls the host and keeps the answer. */
    record Hypercalls(ToyOperation.Hypercall operation, int to) implements Node {}

    /** Questions the answer kept; without one, the first edge. */
    record Questions(Question.Kind kind, long argument, List<Integer> edges) implements Node {}

    /** Takes a frame into a place of its own, 0 or 1. */
    record TakesFrame(Source source, int into, int to) implements Node {}

    /** Where a frame comes from; a slot, or any when negative. */
    record Source(int slot) {}

    /** Uses the frame held in a place; without one, {@code absent}. */
    record UsesFrame(Use use, int place, List<Integer> edges, int absent) implements Node {}

    /** What a held frame is used for. */
    sealed interface Use {
        /** Named in a slot. */
        record Put(int slot) implements Use {}

        /** Its content changed. */
        record Touches(int results, List<Rule.Row> rows) implements Use {}

        /** Linked to the frame held in the other place, or to itself. */
        record Links() implements Use {}
    }

    /** Whether both places hold one frame. */
    record Compares(int same, int different) implements Node {}

    /** Clears a slot. */
    record Clears(ToyOperation.ClearSlot operation, List<Integer> edges) implements Node {}

    /**
     * Calls a graph as a routine of its own.
     *
     * @param edges by what it returns
     * @param caught where its panic leads; negative to let it pass
     */
    record Calls(int graph, boolean passesFrames, List<Integer> edges, int caught) implements Node {}

    /**
     * Goes through a graph as part of this routine, with an operation in {@code finally}.
     *
     * @param panicOn the result upon which the finally panics itself; negative for none
     */
    record Guards(int graph, ToyOperation.Plain<?> last, int panicOn, List<Integer> edges) implements Node {}

    /** Panics. */
    record Panics(String reason) implements Node {}

    /** Returns, with the frame of a place unless negative. */
    record Returns(int value, int place) implements Node {}

    /** Becomes another graph. */
    record Becomes(int graph) implements Node {}

    /** A graph. */
    record Graph(List<Node> nodes) {}

    /** All graphs of a routine. */
    record Program(List<Graph> graphs, int frames) {
        /** Few programs are ever compared, and a routine's hash is asked for often. */
        @Override
        public int hashCode() {
            return graphs.size() * 31 + frames;
        }
    }
}
