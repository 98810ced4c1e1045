package org.ringfence.machine.vocabulary;

import java.util.List;
import org.ringfence.machine.operation.Answer;
import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Faulting;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Panic;
import org.ringfence.machine.operation.Results;

/** One step of a {@link Script}. */
public sealed interface Turn {

    /** What a script does about a result that it does not go on with. */
    enum Otherwise {
        /** Its actor has ended. */
        STOP,
        /** Its actor gives up. */
        PANIC,
        /** It performs the operation again. */
        RETRY;

        /** The name in case files. */
        public String printed() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    /** What comes next. */
    enum Next {
        GO_ON,
        END,
        AGAIN
    }

    /** Takes the step on {@code cpu}; a {@link Panic} ends the actor. */
    Next take(Cpu cpu);

    /**
     * An operation, and what its actor goes on with. Where nothing is said, that is whatever is no fault.
     *
     * @param goesOnWith names of results; {@link #ANY} for whatever comes, faults too
     * @param place where the script says it
     */
    record Perform(Operation<?> operation, List<String> goesOnWith, Otherwise otherwise, String place)
            implements
                Turn {
        /** Stands for every result. */
        public static final String ANY = "any";

        public Perform {
            goesOnWith = List.copyOf(goesOnWith);
        }

        @Override
        public Next take(Cpu cpu) {
            return take(cpu, operation);
        }

        private <R> Next take(Cpu cpu, Operation<R> asked) {
            R result = cpu.ask(new Lawful<>(asked, place));
            if (isExpected(asked.results(), result)) {
                return Next.GO_ON;
            }
            boolean isFault = result instanceof Faulting faulting && faulting.isFault();
            if (otherwise == Otherwise.RETRY) {
                return Next.AGAIN;
            }
            if (isFault || otherwise == Otherwise.PANIC) {
                throw new Panic(result instanceof Answer
                        ? "%s was answered otherwise".formatted(asked.mnemonic())
                        : "%s ended with %s".formatted(asked.mnemonic(), Results.name(asked.results().say(result))));
            }
            return Next.END;
        }

        private <R> boolean isExpected(Results<R> results, R result) {
            if (goesOnWith.isEmpty()) {
                return !(result instanceof Faulting faulting && faulting.isFault());
            }
            if (goesOnWith.contains(ANY)) {
                return true;
            }
            if (result instanceof Answer answer && results instanceof Results.Answers answers) {
                return goesOnWith.stream().anyMatch(name -> answers.isNamed(name, answer));
            }
            String printed = results.say(result);
            return goesOnWith.contains(printed)
                    || goesOnWith.contains(Results.name(printed))
                    || result instanceof Enum<?> constant && goesOnWith.contains(constant.name());
        }
    }

    /**
     * The actor gives up.
     *
     * @param reason as a trace prints it
     */
    record GiveUp(String reason) implements Turn {
        @Override
        public Next take(Cpu cpu) {
            throw new Panic(reason);
        }
    }
}
