package org.ringfence.checker.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Panic;
import org.ringfence.machine.operation.Routine;

/** What cannot be explored is refused, with the line that is to blame. */
class RefusalsTest {
    private static final Op WORK = Op.of("work");

    /** Learns and expects a refusal that names a line of {@code routine}'s own. */
    private static RoutineRefused refused(Routine<?> routine, Budget budget) {
        try {
            Learner.learn(routine, budget);
        } catch (RoutineRefused refused) {
            return refused;
        }
        throw new AssertionError(routine + " was not refused");
    }

    private static void refusedWithItsLine(Routine<?> routine, String why) {
        assertThat(refused(routine, Budget.DEFAULT.checked()))
                .hasMessageContaining(why)
                .message()
                .containsPattern("RefusalsTest\\." + routine.getClass().getSimpleName()
                        + "\\.\\w+\\(RefusalsTest\\.java:\\d+\\)");
    }

    // ---- loops

    record BareLoop() implements Routine<Done> {
        @Override
        public Done run(Cpu cpu) {
            while (cpu.ask(Op.of("accept")) == 1) {
                Thread.onSpinWait();
            }
            return Done.DONE;
        }
    }

    /** Much follows the loop, so that the budget of runs is spent before any run is too long. */
    record BareLoopBeforeMuch(int busy, int follows) implements Routine<Done> {
        @Override
        public Done run(Cpu cpu) {
            while (cpu.ask(new Op("accept", 3)) == busy) {
                Thread.onSpinWait();
            }
            for (int i = 0; i < follows; i++) {
                cpu.ask(Op.of("page " + i));
            }
            return Done.DONE;
        }
    }

    record BareLoopOfTwo() implements Routine<Done> {
        @Override
        public Done run(Cpu cpu) {
            while (cpu.ask(Op.of("accept")) == 0) {
                cpu.ask(Op.of("pause"));
            }
            for (int i = 0; i < 8; i++) {
                cpu.ask(Op.of("page " + i));
            }
            return Done.DONE;
        }
    }

    record AcceptOnce() implements Routine<Integer> {
        @Override
        public Integer run(Cpu cpu) {
            return cpu.ask(Op.of("accept"));
        }
    }

    record BareLoopAroundACall() implements Routine<Done> {
        @Override
        public Done run(Cpu cpu) {
            while (cpu.call(new AcceptOnce()) == 1) {
                Thread.onSpinWait();
            }
            return Done.DONE;
        }
    }

    static List<Routine<?>> bareLoops() {
        List<Routine<?>> loops = new ArrayList<>(
                List.of(new BareLoop(), new BareLoopOfTwo(), new BareLoopAroundACall()));
        for (int follows : new int[] {1, 4, 8, 30}) {
            for (int busy = 0; busy < 3; busy++) {
                loops.add(new BareLoopBeforeMuch(busy, follows));
            }
        }
        return loops;
    }

    @ParameterizedTest
    @MethodSource("bareLoops")
    void aBareLoopIsRefusedWithItsLineWithinASecond(Routine<?> loop) {
        refused(loop, Budget.DEFAULT);

        double seconds = Learned.seconds(() -> assertThat(refused(loop, Budget.DEFAULT))
                .hasMessageContaining("a loop without a fixed bound must end by cpu.again")
                .message()
                .containsPattern("RefusalsTest\\.BareLoop\\w*\\.run\\(RefusalsTest\\.java:\\d+\\)"));

        System.out.printf("%s refused in %.3f s%n", loop, seconds);
        assertThat(seconds).as("seconds until %s was refused", loop).isLessThan(3);
    }

    record ForEver() implements Routine<Done> {
        @Override
        public Done run(Cpu cpu) {
            return cpu.again(this);
        }
    }

    record OneForEver() implements Routine<Done> {
        @Override
        public Done run(Cpu cpu) {
            cpu.ask(WORK);
            return cpu.become(new ForEver());
        }
    }

    @Test
    void whatGoesOnForEverWithoutAskingIsRefused() {
        assertThat(refused(new ForEver(), Budget.DEFAULT))
                .hasMessageContaining("ForEver goes on for ever without asking");
        assertThat(refused(new OneForEver(), Budget.DEFAULT)).hasMessageContaining("for ever without asking");
        assertThatThrownBy(() -> Learner.learnLazily(new ForEver(), Budget.DEFAULT))
                .hasMessageContaining("ForEver goes on for ever without asking");
    }

    // ---- recursion

    record CallsItself() implements Routine<Done> {
        @Override
        public Done run(Cpu cpu) {
            if (cpu.ask(WORK) == 0) {
                cpu.call(this);
            }
            return Done.DONE;
        }
    }

    record Ping() implements Routine<Done> {
        @Override
        public Done run(Cpu cpu) {
            if (cpu.ask(WORK) == 0) {
                cpu.call(new Pong());
            }
            return Done.DONE;
        }
    }

    record Pong() implements Routine<Done> {
        @Override
        public Done run(Cpu cpu) {
            return cpu.become(new Ping());
        }
    }

    record DeeperAndDeeper(int depth) implements Routine<Done> {
        @Override
        public Done run(Cpu cpu) {
            cpu.call(new DeeperAndDeeper(depth + 1));
            return Done.DONE;
        }
    }

    record AsksAndGoesDeeper(int depth) implements Routine<Done> {
        @Override
        public Done run(Cpu cpu) {
            if (cpu.ask(WORK) == 0) {
                cpu.call(new AsksAndGoesDeeper(depth + 1));
            }
            return Done.DONE;
        }
    }

    @Test
    void recursionIsRefusedWithItsLine() {
        refusedWithItsLine(new CallsItself(), "calls itself without end");
        assertThat(refused(new Ping(), Budget.DEFAULT))
                .hasMessageContaining("calls itself without end")
                .hasMessageContaining("RefusalsTest.Ping.run(RefusalsTest.java:");
    }

    @Test
    void recursionWithEverNewArgumentsIsRefusedWithItsLine() {
        refusedWithItsLine(new DeeperAndDeeper(0), "routines deep");
        refusedWithItsLine(new AsksAndGoesDeeper(0), "routines deep");
        assertThatThrownBy(() -> Learner.learnLazily(new DeeperAndDeeper(0), Budget.DEFAULT))
                .hasMessageContaining("routines deep")
                .hasMessageContaining("RefusalsTest.DeeperAndDeeper.run(RefusalsTest.java:");
    }

    // ---- swallowing

    record CatchesThrowable() implements Routine<Done> {
        @Override
        public Done run(Cpu cpu) {
            try {
                cpu.ask(WORK);
            } catch (Throwable swallowed) {
                return Done.DONE;
            }
            return Done.DONE;
        }
    }

    record CatchesError() implements Routine<Done> {
        @Override
        public Done run(Cpu cpu) {
            try {
                cpu.ask(WORK);
            } catch (Error swallowed) {
                throw new Panic("swallowed");
            }
            return Done.DONE;
        }
    }

    record CatchesAndAsksOn() implements Routine<Done> {
        @Override
        public Done run(Cpu cpu) {
            for (int i = 0; i < 3; i++) {
                try {
                    cpu.ask(WORK);
                } catch (Throwable swallowed) {
                    Thread.onSpinWait();
                }
            }
            return Done.DONE;
        }
    }

    record ReturnsFromFinally() implements Routine<Done> {
        @Override
        @SuppressWarnings({"finally", "Finally"})
        public Done run(Cpu cpu) {
            try {
                cpu.ask(WORK);
            } finally {
                return Done.DONE;
            }
        }
    }

    record CatchesThrowableInACallee() implements Routine<Done> {
        @Override
        public Done run(Cpu cpu) {
            try {
                return cpu.call(new Trivial());
            } catch (Throwable swallowed) {
                return Done.DONE;
            }
        }
    }

    record Trivial() implements Routine<Done> {
        @Override
        public Done run(Cpu cpu) {
            return Done.DONE;
        }
    }

    @Test
    void swallowingTheStopIsRefusedWithItsLine() {
        refusedWithItsLine(new CatchesThrowable(), "must not catch Throwable or Error");
        refusedWithItsLine(new CatchesError(), "must not catch Throwable or Error");
        refusedWithItsLine(new CatchesAndAsksOn(), "must not catch Throwable or Error");
        refusedWithItsLine(new ReturnsFromFinally(), "nor return or throw from finally");
        refusedWithItsLine(new CatchesThrowableInACallee(), "must not catch Throwable or Error");
    }

    // ---- defects of a routine

    record Divides() implements Routine<Done> {
        @Override
        public Done run(Cpu cpu) {
            cpu.ask(Op.of("x" + 1 / cpu.ask(WORK)));
            return Done.DONE;
        }
    }

    record BecomesTwo() implements Routine<Done> {
        @Override
        public Done run(Cpu cpu) {
            cpu.become(new Trivial());
            return cpu.become(new Trivial());
        }
    }

    @Test
    void anyOtherExceptionIsRefusedWithItsLine() {
        refusedWithItsLine(new Divides(), "ArithmeticException");
        refusedWithItsLine(new BecomesTwo(), "becomes both");
    }

    // ---- determinism

    private static int count;

    record CountsRuns() implements Routine<Done> {
        @Override
        public Done run(Cpu cpu) {
            cpu.ask(new Op("run " + count++, 2));
            return Done.DONE;
        }
    }

    record Alternates() implements Routine<Done> {
        @Override
        public Done run(Cpu cpu) {
            cpu.ask(WORK);
            if (count++ % 2 == 0) {
                cpu.ask(Op.of("even"));
            }
            return Done.DONE;
        }
    }

    record ReadsTheClock() implements Routine<Done> {
        @Override
        public Done run(Cpu cpu) {
            cpu.ask(new Op("at " + System.nanoTime(), 2));
            return Done.DONE;
        }
    }

    record FollowsIdentities() implements Routine<Done> {
        @Override
        @SuppressWarnings("UnusedVariable")
        public Done run(Cpu cpu) {
            Set<Object> set = new HashSet<>();
            List<Object> order = new ArrayList<>();
            for (int i = 0; i < 12; i++) {
                Object one = new Object();
                set.add(one);
                order.add(one);
            }
            for (Object one : set) {
                cpu.ask(Op.of("object " + order.indexOf(one)));
            }
            return Done.DONE;
        }
    }

    @Test
    void aRoutineThatIsNotDeterministicIsRefused() {
        for (Routine<?> routine : List.of(new CountsRuns(), new Alternates(), new ReadsTheClock(),
                new FollowsIdentities())) {
            assertThat(refused(routine, Budget.DEFAULT.checked()))
                    .as("%s", routine)
                    .hasMessageContaining(routine.getClass().getSimpleName() + " is not deterministic");
        }
    }

    record HidesItsCounting() implements Routine<Done> {
        @Override
        public Done run(Cpu cpu) {
            try {
                cpu.ask(Op.of(count++ % 2 == 0 ? "even" : "odd"));
            } catch (RuntimeException hidden) {
                cpu.ask(Op.of("even"));
            }
            return Done.DONE;
        }
    }

    @Test
    void catchingRuntimeExceptionDoesNotHideThatARoutineIsNotDeterministic() {
        count = 0;
        assertThat(refused(new HidesItsCounting(), Budget.DEFAULT))
                .hasMessageContaining("HidesItsCounting is not deterministic");
    }

    // ---- contents

    record HasAnArray(int[] pages) implements Routine<Done> {
        @Override
        public Done run(Cpu cpu) {
            cpu.ask(WORK);
            return Done.DONE;
        }
    }

    record ReturnsAnArray() implements Routine<int[]> {
        @Override
        public int[] run(Cpu cpu) {
            return new int[] {cpu.ask(WORK)};
        }
    }

    record CallsForAnArray() implements Routine<Done> {
        @Override
        public Done run(Cpu cpu) {
            cpu.call(new ReturnsAnArray());
            return Done.DONE;
        }
    }

    @Test
    void aRoutineOfOtherThanContentsIsRefused() {
        Routine<Done> lambda = cpu -> {
            cpu.ask(WORK);
            return Done.DONE;
        };
        for (Routine<?> routine : List.of(lambda, new HasAnArray(new int[1]), new CallsForAnArray())) {
            assertThat(refused(routine, Budget.DEFAULT))
                    .as("%s", routine)
                    .hasMessageContaining("allowed are records and enums of primitives");
        }
    }
}
