package org.ringfence.checker.differential;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.ringfence.machine.operation.Answer;
import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Frame;
import org.ringfence.machine.operation.Panic;
import org.ringfence.machine.operation.Routine;

/** Interprets a graph, as straight Java with loops by {@code again}, calls, {@code try} and {@code finally}. */
record Walk(Node.Program program, int graph, int node, @Nullable Frame first, @Nullable Frame second)
        implements
            Routine<Walk.Back> {

    /** What a graph returns. */
    record Back(int value, @Nullable Frame frame) {}

    @Override
    public Back run(Cpu cpu) {
        return new Walker(cpu, program, first, second).through(graph, node);
    }

    /** The variables of one run. */
    private static final class Walker {
        private final Cpu cpu;
        private final Node.Program program;
        private final @Nullable Frame[] held = new Frame[2];
        private @Nullable Answer answer;
        private boolean leaving;

        Walker(Cpu cpu, Node.Program program, @Nullable Frame first, @Nullable Frame second) {
            this.cpu = cpu;
            this.program = program;
            held[0] = first;
            held[1] = second;
        }

        /** Null after a successor was named; then {@link #leaving}. */
        @SuppressWarnings({"NullAway", "Finally"}) // what is returned after become is of no account; a finally that panics is the point
        Back through(int graph, int from) {
            int at = from;
            while (true) {
                int to;
                switch (program.graphs().get(graph).nodes().get(at)) {
                    case Node.Ask(var operation, var edges) -> to = edges.get(operation.ask(cpu));
                    case Node.Kicks(var operation, var edges) -> to = edges.get(cpu.ask(operation));
                    case Node.Clears(var operation, var edges) -> to = edges.get(cpu.ask(operation) ? 1 : 0);
                    case Node.Hypercalls(var operation, int next) -> {
                        answer = cpu.ask(operation);
                        to = next;
                    }
                    case Node.Questions questions -> to = question(questions);
                    case Node.TakesFrame(var source, int into, int next) -> {
                        held[into] = source.slot() < 0
                                ? cpu.ask(new ToyOperation.Pick(program.frames()))
                                : cpu.ask(new ToyOperation.ReadSlot(source.slot(), program.frames()));
                        to = next;
                    }
                    case Node.UsesFrame uses -> to = use(uses);
                    case Node.Compares(int same, int different) -> {
                        Frame one = held[0];
                        to = one != null && one.equals(held[1]) ? same : different;
                    }
                    case Node.Calls calls -> to = call(calls);
                    case Node.Guards(int inner, var last, int panicOn, List<Integer> edges) -> {
                        Back back;
                        try {
                            back = through(inner, 0);
                        } finally {
                            if (last.ask(cpu) == panicOn) {
                                throw new Panic("in finally");
                            }
                        }
                        if (leaving) {
                            return back;
                        }
                        to = edges.get(back.value());
                    }
                    case Node.Panics(String reason) -> throw new Panic(reason);
                    case Node.Returns(int value, int place) -> {
                        return new Back(value, place < 0 ? null : held[place]);
                    }
                    case Node.Becomes(int other) -> {
                        leaving = true;
                        return cpu.become(new Walk(program, other, 0, held[0], held[1]));
                    }
                }
                if (to <= at) {
                    leaving = true;
                    return cpu.again(new Walk(program, graph, to, held[0], held[1]));
                }
                at = to;
            }
        }

        private int question(Node.Questions questions) {
            Answer asked = answer;
            if (asked == null) {
                return questions.edges().getFirst();
            }
            return questions.edges().get(switch (questions.kind()) {
                case IS -> asked.is(questions.argument()) ? 1 : 0;
                case BELOW -> asked.below(questions.argument()) ? 1 : 0;
                case BIT -> (int) Long.compress(asked.bits(questions.argument()), questions.argument());
            });
        }

        private int use(Node.UsesFrame uses) {
            Frame frame = held[uses.place()];
            if (frame == null) {
                return uses.absent();
            }
            Frame other = held[1 - uses.place()];
            return uses.edges().get(switch (uses.use()) {
                case Node.Use.Put(int slot) -> cpu.ask(new ToyOperation.PutSlot(slot, frame)) ? 1 : 0;
                case Node.Use.Touches(int results, var rows) -> cpu.ask(new ToyOperation.Touch(frame, results, rows));
                case Node.Use.Links() -> cpu.ask(new ToyOperation.Link(frame, other == null ? frame : other)) ? 1 : 0;
            });
        }

        private int call(Node.Calls calls) {
            Walk callee = calls.passesFrames()
                    ? new Walk(program, calls.graph(), 0, held[0], held[1])
                    : new Walk(program, calls.graph(), 0, null, null);
            Back back;
            try {
                back = cpu.call(callee);
            } catch (Panic panic) {
                if (calls.caught() < 0) {
                    throw panic;
                }
                return calls.caught();
            }
            if (back.frame() != null) {
                held[0] = back.frame();
            }
            return calls.edges().get(back.value());
        }
    }
}
