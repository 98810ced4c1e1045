package org.ringfence.machine.vocabulary;

import java.util.List;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Laws;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Part;
import org.ringfence.machine.operation.Results;
import org.ringfence.machine.operation.Step;
import org.ringfence.machine.state.State;

/**
 * An operation of a script: held against the {@link Laws} of the machine, where it has some.
 *
 * @param place where the script says it; empty where nobody knows
 */
public record Lawful<R>(Operation<R> operation, String place) implements Operation<R> {
    @Override
    public Results<R> results() {
        return operation.results();
    }

    @Override
    public Step on(Machine machine, Actor actor) {
        Step step = operation.on(machine, actor);
        Laws laws = machine.find(Laws.class).orElse(Laws.NONE);
        if (laws.isEmpty()) {
            return step;
        }
        return state -> {
            State before = state.snapshot();
            long outcome = step.take(state);
            state.observe(laws.judge(before, actor, operation, state));
            return outcome;
        };
    }

    @Override
    public List<Part> needs() {
        return operation.needs();
    }

    @Override
    public boolean isBlocking() {
        return operation.isBlocking();
    }

    @Override
    public String mnemonic() {
        return operation.mnemonic();
    }
}
