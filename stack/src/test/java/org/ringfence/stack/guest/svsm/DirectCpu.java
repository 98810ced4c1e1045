package org.ringfence.stack.guest.svsm;

import java.util.HashMap;
import java.util.Map;
import java.util.function.IntUnaryOperator;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Outcome;
import org.ringfence.machine.operation.RunningCpu;
import org.ringfence.machine.operation.Step;
import org.ringfence.machine.state.State;

/** Runs routines at once on a machine; an operation is looked up once, however often it is asked. */
class DirectCpu extends RunningCpu {

    /** The routine waits. */
    static final class Waits extends RuntimeException {
        private static final long serialVersionUID = 1;

        Waits(Operation<?> operation) {
            super(operation.mnemonic(), null, false, false);
        }
    }

    private final Machine machine;
    private final Actor actor;
    private final State state;
    private final IntUnaryOperator choices;
    private final Map<Operation<?>, Step> steps;

    /** @param choices draws one of so many */
    DirectCpu(Machine machine, Actor actor, State state, IntUnaryOperator choices) {
        this(machine, actor, state, choices, new HashMap<>());
    }

    private DirectCpu(
            Machine machine, Actor actor, State state, IntUnaryOperator choices, Map<Operation<?>, Step> steps) {
        this.machine = machine;
        this.actor = actor;
        this.state = state;
        this.choices = choices;
        this.steps = steps;
    }

    /** Lets a test look at each operation. */
    void asked(Operation<?> operation) {}

    @Override
    public <R> R ask(Operation<R> operation) {
        asked(operation);
        long outcome = steps.computeIfAbsent(operation, asked -> asked.on(machine, actor)).take(state);
        int many = Outcome.choices(outcome);
        if (many > 0) {
            outcome = choices.applyAsInt(many);
        }
        if (outcome < 0) {
            throw new Waits(operation);
        }
        return operation.results().decode(outcome, this);
    }
}
