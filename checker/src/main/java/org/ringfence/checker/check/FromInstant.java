package org.ringfence.checker.check;

import java.util.List;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Family;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.operation.Successors;
import org.ringfence.machine.state.State;
import org.ringfence.machine.vocabulary.Compromise;

/** Operations that nobody performs before a script says so. */
record FromInstant(Family family, Compromise.Instant instant) implements Family {
    @Override
    public Principal principal() {
        return family.principal();
    }

    @Override
    public Actor actor() {
        return family.actor();
    }

    @Override
    public void each(State state, Successors successors) {
        if (instant.begun().get(state, 0)) {
            family.each(state, successors);
        }
    }

    @Override
    public List<Integer> arguments() {
        return family.arguments();
    }

    @Override
    public Operation<?> operation(int arguments) {
        return family.operation(arguments);
    }
}
