package org.ringfence.checker.learn;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Panic;
import org.ringfence.machine.operation.Routine;

/** However Java is put around operations, the automaton is that of straight code which asks for the same. */
class StraightCodeTest {
    private static final Op LOCK = Op.of("lock");
    private static final Op WORK = Op.of("work");
    private static final Op MORE = Op.of("more");
    private static final Op UNLOCK = Op.of("unlock");

    private static void same(Routine<?> one, Routine<?> straight) {
        CompleteSoftware its = Learned.complete(one);
        CompleteSoftware expected = Learned.complete(straight);
        assertThat(Learned.graph(one)).as("%s", one).isEqualTo(Learned.graph(straight));
        assertThat(its.hash()).as("hash of %s", Learned.print(its)).isEqualTo(expected.hash());
    }

    record Straight() implements Routine<Done> {
        @Override
        public Done run(Cpu cpu) {
            cpu.ask(LOCK);
            if (cpu.ask(WORK) == 0) {
                cpu.ask(MORE);
            }
            cpu.ask(UNLOCK);
            return Done.DONE;
        }
    }

    record InTryAndFinally() implements Routine<Done> {
        @Override
        public Done run(Cpu cpu) {
            cpu.ask(LOCK);
            try {
                if (cpu.ask(WORK) == 0) {
                    cpu.ask(MORE);
                }
            } finally {
                cpu.ask(UNLOCK);
            }
            return Done.DONE;
        }
    }

    @Test
    void finallyAroundOperationsChangesNothing() {
        same(new InTryAndFinally(), new Straight());
    }

    /** A lock that lets go by itself. */
    record Held(Cpu cpu) implements AutoCloseable {
        @Override
        public void close() {
            cpu.ask(UNLOCK);
        }
    }

    record InTryWithResources() implements Routine<Done> {
        @Override
        @SuppressWarnings("try")
        public Done run(Cpu cpu) {
            cpu.ask(LOCK);
            try (Held held = new Held(cpu)) {
                if (cpu.ask(WORK) == 0) {
                    cpu.ask(MORE);
                }
            }
            return Done.DONE;
        }
    }

    @Test
    void tryWithResourcesAroundOperationsChangesNothing() {
        same(new InTryWithResources(), new Straight());
    }

    record TwoResources() implements Routine<Done> {
        @Override
        @SuppressWarnings("try")
        public Done run(Cpu cpu) {
            try (Held outer = new Held(cpu)) {
                cpu.ask(LOCK);
                try (Held inner = new Held(cpu);
                        Held innermost = new Held(cpu)) {
                    cpu.ask(WORK);
                } finally {
                    try (Held last = new Held(cpu)) {
                        cpu.ask(MORE);
                    }
                }
            }
            return Done.DONE;
        }
    }

    record TwoResourcesStraight() implements Routine<Done> {
        @Override
        public Done run(Cpu cpu) {
            cpu.ask(LOCK);
            cpu.ask(WORK);
            cpu.ask(UNLOCK);
            cpu.ask(UNLOCK);
            cpu.ask(MORE);
            cpu.ask(UNLOCK);
            cpu.ask(UNLOCK);
            return Done.DONE;
        }
    }

    @Test
    void resourcesAndFinallyNestAtAnyDepth() {
        same(new TwoResources(), new TwoResourcesStraight());
    }

    record CatchingPanics() implements Routine<Done> {
        @Override
        public Done run(Cpu cpu) {
            try {
                cpu.ask(LOCK);
                if (cpu.ask(WORK) == 0) {
                    cpu.ask(MORE);
                }
            } catch (Panic panic) {
                cpu.ask(Op.of("never"));
            }
            cpu.ask(UNLOCK);
            return Done.DONE;
        }
    }

    record CatchingRuntimeExceptions() implements Routine<Done> {
        @Override
        public Done run(Cpu cpu) {
            try {
                cpu.ask(LOCK);
                if (cpu.ask(WORK) == 0) {
                    cpu.ask(MORE);
                }
            } catch (RuntimeException thrown) {
                cpu.ask(Op.of("never"));
            }
            cpu.ask(UNLOCK);
            return Done.DONE;
        }
    }

    @Test
    void catchAroundOperationsChangesNothing() {
        same(new CatchingPanics(), new Straight());
        same(new CatchingRuntimeExceptions(), new Straight());
    }

    record PanicsThroughFinally() implements Routine<Done> {
        @Override
        public Done run(Cpu cpu) {
            try {
                if (cpu.ask(WORK) == 0) {
                    throw new Panic("no work");
                }
            } finally {
                cpu.ask(UNLOCK);
            }
            cpu.ask(MORE);
            return Done.DONE;
        }
    }

    record PanicsStraight() implements Routine<Done> {
        @Override
        public Done run(Cpu cpu) {
            if (cpu.ask(WORK) == 0) {
                cpu.ask(UNLOCK);
                throw new Panic("no work");
            }
            cpu.ask(UNLOCK);
            cpu.ask(MORE);
            return Done.DONE;
        }
    }

    @Test
    void finallyAsksWhileAPanicPassesThroughIt() {
        same(new PanicsThroughFinally(), new PanicsStraight());
    }

    // ---- calls

    record Work() implements Routine<Integer> {
        @Override
        public Integer run(Cpu cpu) {
            return cpu.ask(WORK);
        }
    }

    record Unlock() implements Routine<Done> {
        @Override
        public Done run(Cpu cpu) {
            cpu.ask(UNLOCK);
            return Done.DONE;
        }
    }

    record ByCalls() implements Routine<Done> {
        @Override
        public Done run(Cpu cpu) {
            cpu.ask(LOCK);
            try {
                if (cpu.call(new Work()) == 0) {
                    cpu.ask(MORE);
                }
            } finally {
                cpu.call(new Unlock());
            }
            return Done.DONE;
        }
    }

    record Deep(int depth) implements Routine<Done> {
        @Override
        public Done run(Cpu cpu) {
            return depth == 0 ? cpu.call(new ByCalls()) : cpu.call(new Deep(depth - 1));
        }
    }

    @Test
    void callsAtAnyDepthAreAsIfWrittenInPlace() {
        same(new ByCalls(), new Straight());
        same(new Deep(200), new Straight());
    }

    record Refuses() implements Routine<Done> {
        @Override
        public Done run(Cpu cpu) {
            if (cpu.ask(WORK) == 0) {
                throw new Panic("refused");
            }
            return Done.DONE;
        }
    }

    record CatchesCallees() implements Routine<Done> {
        @Override
        public Done run(Cpu cpu) {
            try {
                cpu.call(new Refuses());
            } catch (Panic panic) {
                cpu.ask(Op.of(panic.reason()));
            }
            cpu.ask(UNLOCK);
            return Done.DONE;
        }
    }

    record CatchesStraight() implements Routine<Done> {
        @Override
        public Done run(Cpu cpu) {
            if (cpu.ask(WORK) == 0) {
                cpu.ask(Op.of("refused"));
            }
            cpu.ask(UNLOCK);
            return Done.DONE;
        }
    }

    @Test
    void aCalleesPanicIsCaughtByItsCaller() {
        same(new CatchesCallees(), new CatchesStraight());
    }

    // ---- become and again

    record Second() implements Routine<Done> {
        @Override
        public Done run(Cpu cpu) {
            if (cpu.ask(WORK) == 0) {
                cpu.ask(MORE);
            }
            cpu.ask(UNLOCK);
            return Done.DONE;
        }
    }

    record First() implements Routine<Done> {
        @Override
        public Done run(Cpu cpu) {
            cpu.ask(LOCK);
            return cpu.become(new Second());
        }
    }

    @Test
    void aSuccessorGoesOnInPlace() {
        same(new First(), new Straight());
        same(new CallsFirst(), new Straight());
    }

    record CallsFirst() implements Routine<Done> {
        @Override
        public Done run(Cpu cpu) {
            cpu.call(new First());
            return Done.DONE;
        }
    }

    record BecomesInTry() implements Routine<Done> {
        @Override
        public Done run(Cpu cpu) {
            try {
                cpu.ask(LOCK);
                return cpu.become(new Second());
            } finally {
                cpu.ask(MORE);
            }
        }
    }

    record BecomesInTryStraight() implements Routine<Done> {
        @Override
        public Done run(Cpu cpu) {
            cpu.ask(LOCK);
            cpu.ask(MORE);
            return cpu.call(new Second());
        }
    }

    @Test
    void finallyAsksBeforeTheSuccessorGoesOn() {
        same(new BecomesInTry(), new BecomesInTryStraight());
    }

    record BecomesAndPanics() implements Routine<Done> {
        @Override
        @SuppressWarnings("Finally") // a panic in finally is the point
        public Done run(Cpu cpu) {
            try {
                return cpu.become(new Second());
            } finally {
                if (cpu.ask(LOCK) == 0) {
                    throw new Panic("not locked");
                }
            }
        }
    }

    record BecomesAndPanicsStraight() implements Routine<Done> {
        @Override
        public Done run(Cpu cpu) {
            if (cpu.ask(LOCK) == 0) {
                throw new Panic("not locked");
            }
            return cpu.call(new Second());
        }
    }

    @Test
    void aPanicInFinallyCountsMoreThanTheSuccessorNamedBefore() {
        same(new BecomesAndPanics(), new BecomesAndPanicsStraight());
    }

    // ---- loops

    record AcceptAgain(int page) implements Routine<Integer> {
        @Override
        public Integer run(Cpu cpu) {
            int status = cpu.ask(new Op("accept " + page, 3));
            return status == 2 ? cpu.again(this) : status;
        }
    }

    record AcceptTwice() implements Routine<Done> {
        @Override
        public Done run(Cpu cpu) {
            if (cpu.call(new AcceptAgain(0)) == 0) {
                cpu.call(new AcceptAgain(1));
            }
            return Done.DONE;
        }
    }

    @Test
    void aLoopByAgainIsExploredToTheEnd() {
        assertThat(Learned.graph(new AcceptTwice())).isEqualTo("""
                  0: accept 0 [1, 2, 0]
                  1: accept 1 [2, 2, 1]
                  2: DONE  []
                """);
    }

    record Counts(int left) implements Routine<Done> {
        @Override
        public Done run(Cpu cpu) {
            cpu.ask(new Op("count", 1));
            return left == 0 ? Done.DONE : cpu.again(new Counts(left - 1));
        }
    }

    @Test
    void againKeepsItsArguments() {
        assertThat(Learned.complete(new Counts(2_000)).points()).isEqualTo(2_002);
    }

    // ---- two routines that are not a recursion

    record Leaf() implements Routine<Done> {
        @Override
        public Done run(Cpu cpu) {
            cpu.ask(WORK);
            return Done.DONE;
        }
    }

    record CallsLeaf() implements Routine<Done> {
        @Override
        public Done run(Cpu cpu) {
            return cpu.call(new Leaf());
        }
    }

    record BecomesLeafOrItsCaller() implements Routine<Done> {
        @Override
        public Done run(Cpu cpu) {
            return cpu.ask(LOCK) == 0 ? cpu.become(new CallsLeaf()) : cpu.become(new Leaf());
        }
    }

    @Test
    void aSuccessorMayBeCalledByAnotherSuccessor() {
        assertThat(Learned.graph(new BecomesLeafOrItsCaller())).isEqualTo("""
                  0: lock [1, 1]
                  1: work [2, 2]
                  2: DONE  []
                """);
    }
}
