package org.ringfence.checker.explore;

import java.util.List;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Family;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.operation.Successors;
import org.ringfence.machine.state.State;

/** A family each of whose moves is sought. It tries every argument, since only then it can mark each move. */
record SoughtFamily(Family family, Machine machine) implements Family {
    @Override
    public Principal principal() {
        return family.principal();
    }

    @Override
    public Actor actor() {
        return family.actor();
    }

    @Override
    public List<Integer> arguments() {
        return family.arguments();
    }

    @Override
    public Operation<?> operation(int arguments) {
        return family.operation(arguments);
    }

    @Override
    public void each(State state, Successors successors) {
        for (int arguments : family.arguments()) {
            if (family.operation(arguments).on(machine, family.actor()).take(state) == 0) {
                state.observe(Ways.FOUND.broken());
                successors.take(arguments);
            } else {
                successors.drop();
            }
        }
    }
}
