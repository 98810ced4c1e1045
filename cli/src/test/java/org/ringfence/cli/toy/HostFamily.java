package org.ringfence.cli.toy;

import java.util.List;
import java.util.stream.IntStream;
import org.ringfence.machine.operation.Family;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.operation.Successors;
import org.ringfence.machine.state.State;

/** What a malicious host does. */
sealed interface HostFamily extends Family {
    @Override
    default Principal principal() {
        return Principal.HOST;
    }

    /** Empties any drawer. */
    record Empties(Drawers drawers) implements HostFamily {
        @Override
        public void each(State state, Successors successors) {
            for (int page = 0; page < drawers.geometry().pages(); page++) {
                drawers.content().set(state, page, Drawers.Content.NOTHING);
                successors.take(page);
            }
        }

        @Override
        public List<Integer> arguments() {
            return IntStream.range(0, drawers.geometry().pages()).boxed().toList();
        }

        @Override
        public Operation<?> operation(int arguments) {
            return new DrawerOperation.Empty(arguments);
        }
    }

    /** Turns any dial. */
    record Turns(Dials dials) implements HostFamily {
        @Override
        public void each(State state, Successors successors) {
            for (int dial = 0; dial < dials.count(); dial++) {
                dials.position().set(state, dial, (dials.position().get(state, dial) + 1) % Dials.POSITIONS);
                successors.take(dial);
            }
        }

        @Override
        public List<Integer> arguments() {
            return IntStream.range(0, dials.count()).boxed().toList();
        }

        @Override
        public Operation<?> operation(int arguments) {
            return new DrawerOperation.Turn(arguments);
        }
    }
}
