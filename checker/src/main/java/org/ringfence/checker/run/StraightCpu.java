package org.ringfence.checker.run;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Outcome;
import org.ringfence.machine.operation.Routine;
import org.ringfence.machine.operation.RunningCpu;
import org.ringfence.machine.operation.Step;
import org.ringfence.machine.state.State;
import org.ringfence.machine.vocabulary.Form;

/**
 * A CPU on a machine that nobody else moves: every operation is performed at once, in the thread of the caller. So a
 * routine runs as fast as the machine goes, whatever its size; this is how {@code run} plays a host's hundreds of
 * thousands of calls.
 *
 * <p>Where the machine leaves a choice open, the first is taken. An operation that waits or leaves its CPU for somebody
 * else can never go on, and ends the run.
 */
public final class StraightCpu extends RunningCpu {

    /** Is told of everything that happens. */
    @FunctionalInterface
    public interface Witness {
        /**
         * An operation was performed.
         *
         * @param code the code of its result
         * @param marks of {@link org.ringfence.machine.operation.Property} that it left
         */
        void performed(Operation<?> operation, long code, long marks);
    }

    /** An operation cannot go on: it waits for somebody, and there is nobody. */
    public static final class Stuck extends RuntimeException {
        private static final long serialVersionUID = 1;

        Stuck(Actor actor, Operation<?> operation) {
            super("%s waits in %s for somebody else, and there is nobody".formatted(actor, Form.text(operation)));
        }
    }

    private final Machine machine;
    private final State state;
    private final Actor actor;
    private final Witness witness;
    private @Nullable Operation<?> bound;
    private @Nullable Step step;

    private StraightCpu(Machine machine, State state, Actor actor, Witness witness) {
        this.machine = machine;
        this.state = state;
        this.actor = actor;
        this.witness = witness;
    }

    /**
     * Runs {@code routine} as {@code actor} to its end.
     *
     * @throws org.ringfence.machine.operation.Panic when it panics
     * @throws Stuck when it can never go on
     */
    public static <V> V run(Machine machine, State state, Actor actor, Routine<V> routine, Witness witness) {
        return new StraightCpu(machine, state, actor, witness).toTheEnd(routine);
    }

    @Override
    public <R> R ask(Operation<R> operation) {
        // A call that is repeated until it is done is looked up once.
        if (!operation.equals(bound)) {
            step = operation.on(machine, actor);
            bound = operation;
        }
        state.forgetObserved();
        long outcome = Objects.requireNonNull(step).take(state);
        while (outcome == Outcome.STAYS) {
            outcome = step.take(state);
        }
        long code = Outcome.choices(outcome) > 0 ? 0 : outcome;
        if (code < 0) {
            throw new Stuck(actor, operation);
        }
        witness.performed(operation, code, state.observed());
        return operation.results().decode(code, this);
    }
}
