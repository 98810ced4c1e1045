package org.ringfence.cli.samples.routines;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Routine;
import org.ringfence.machine.state.State;

/** Routines, each of which breaks one rule. */
@SuppressWarnings({"CatchAndPrintStackTrace", "UnusedVariable", "RandomCast", "IdentityHashMapUsage", "JavaUtilDate"})
public final class Violations {

    private Violations() {}

    static int counter;
    static final long[] SCRATCH = {0};
    static final List<String> NOTES = new ArrayList<>();

    /** Neither a record nor an enum. */
    public static final class AClass implements Routine<Integer> {
        @Override
        public Integer run(Cpu cpu) {
            return 1;
        }
    }

    /** Writes a static field. */
    public record CountsRuns() implements Routine<Integer> {
        @Override
        public Integer run(Cpu cpu) {
            counter = counter + 1;
            return 1;
        }
    }

    /** Reads a static array. */
    public record ReadsAnArray() implements Routine<Long> {
        @Override
        public Long run(Cpu cpu) {
            return SCRATCH[0];
        }
    }

    /** Reads a static list. */
    public record ReadsAList() implements Routine<Integer> {
        @Override
        public Integer run(Cpu cpu) {
            return NOTES.size();
        }
    }

    /** Has the machine's state for a component. */
    public record HoldsState(State state) implements Routine<Integer> {
        @Override
        public Integer run(Cpu cpu) {
            return 1;
        }
    }

    /** Asks which thread it runs on. */
    public record AsksForItsThread() implements Routine<String> {
        @Override
        public String run(Cpu cpu) {
            return Thread.currentThread().getName();
        }
    }

    /** Counts atomically, in a lambda. */
    public record CountsAtomically() implements Routine<Integer> {
        @Override
        public Integer run(Cpu cpu) {
            List.of(1L).forEach(x -> new AtomicLong().addAndGet(x));
            return 1;
        }
    }

    /** Reads the time. */
    public record ReadsTheTime() implements Routine<Long> {
        @Override
        public Long run(Cpu cpu) {
            return Instant.EPOCH.getEpochSecond();
        }
    }

    /** Throws dice, in a class of its own. */
    public record ThrowsDice() implements Routine<Integer> {
        @Override
        public Integer run(Cpu cpu) {
            return Dice.thrown();
        }

        /** Inside, and judged as the routine is. */
        private static final class Dice {
            static int thrown() {
                return new Random().nextInt();
            }
        }
    }

    /** Calls Math.random. */
    public record ThrowsACoin() implements Routine<Boolean> {
        @Override
        public Boolean run(Cpu cpu) {
            return Math.random() < 0.5;
        }
    }

    /** Reads the nanosecond clock. */
    public record TimesItself() implements Routine<Long> {
        @Override
        public Long run(Cpu cpu) {
            return System.nanoTime();
        }
    }

    /** Reads the wall clock. */
    public record DatesItself() implements Routine<Long> {
        @Override
        public Long run(Cpu cpu) {
            return System.currentTimeMillis();
        }
    }

    /** Asks for an identity. */
    public record Identifies() implements Routine<Integer> {
        @Override
        public Integer run(Cpu cpu) {
            return System.identityHashCode(cpu);
        }
    }

    /** Makes a hash map. */
    public record MakesAHashMap() implements Routine<Integer> {
        @Override
        public Integer run(Cpu cpu) {
            return new HashMap<String, String>().size();
        }
    }

    /** Makes a hash set, by a method reference. */
    public record MakesAHashSet() implements Routine<Integer> {
        @Override
        public Integer run(Cpu cpu) {
            java.util.function.Supplier<Set<String>> maker = HashSet::new;
            return maker.get().size();
        }
    }

    /** Makes an identity map. */
    public record MakesAnIdentityMap() implements Routine<Integer> {
        @Override
        public Integer run(Cpu cpu) {
            return new IdentityHashMap<String, String>().size();
        }
    }

    /** Makes an immutable set, whose order differs from JVM to JVM. */
    public record MakesASet() implements Routine<Integer> {
        @Override
        public Integer run(Cpu cpu) {
            return Set.of(1, 2, 3).iterator().next();
        }
    }

    /** Catches Throwable. */
    public record CatchesThrowable() implements Routine<Integer> {
        @Override
        public Integer run(Cpu cpu) {
            try {
                return new AClass().run(cpu);
            } catch (Throwable caught) {
                return caught.hashCode();
            }
        }
    }

    /** Catches Error among others. */
    public record CatchesError() implements Routine<Integer> {
        @Override
        public Integer run(Cpu cpu) {
            try {
                return new AClass().run(cpu);
            } catch (IllegalStateException | Error caught) {
                throw new IllegalArgumentException(caught);
            }
        }
    }

    /** Catches Throwable under no name, before a try-with-resources. */
    public record CatchesNameless() implements Routine<Integer> {
        @Override
        public Integer run(Cpu cpu) {
            int value = 0;
            try {
                value = new AClass().run(cpu);
            } catch (Throwable _) {
                value = 2;
            }
            try (Obedient.Held held = new Obedient.Held()) {
                return value + held.number();
            }
        }
    }

    /** Has an array for a component. */
    public record HoldsAnArray(long[] pages) implements Routine<Integer> {
        @Override
        public Integer run(Cpu cpu) {
            return 1;
        }
    }

    /** Makes an object by reflection. */
    public record Reflects() implements Routine<String> {
        @Override
        public String run(Cpu cpu) {
            return Reflects.class.getDeclaredMethods()[0].getName();
        }
    }

    /** Prints. */
    public record Prints() implements Routine<Integer> {
        @Override
        public Integer run(Cpu cpu) {
            System.out.println("here");
            return 1;
        }
    }

    /** Uses what is neither Java's nor its own. */
    public record UsesALibrary() implements Routine<String> {
        @Override
        public String run(Cpu cpu) {
            return new com.fasterxml.jackson.databind.ObjectMapper().toString();
        }
    }

    /** Makes a stream that has no end. */
    public record CountsForEver() implements Routine<Long> {
        @Override
        public Long run(Cpu cpu) {
            return java.util.stream.Stream.generate(() -> 1).count();
        }
    }

    /** Counts in a constant of an enum. */
    public record CountsInAnEnum() implements Routine<Integer> {
        @Override
        public Integer run(Cpu cpu) {
            return Tally.ONE.next();
        }

        private enum Tally {
            ONE;

            @SuppressWarnings("ImmutableEnumChecker") // this is what is wrong with it
            private int count;

            int next() {
                return ++count;
            }
        }
    }

    /** Writes a routine as a lambda. */
    public static @Nullable Integer lambda(Cpu cpu) {
        Routine<Integer> routine = _ -> 1;
        return routine.run(cpu);
    }
}
