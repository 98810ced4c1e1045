package org.ringfence.stack.guest.uefi.memory;

import java.util.List;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Part;
import org.ringfence.machine.operation.Results;
import org.ringfence.machine.operation.Step;
import org.ringfence.machine.state.Flag;

/** Reads and writes of {@link BootState}. */
public sealed interface BootOperation extends Operation<Boolean> {

    /** What is read or written. */
    enum Fact {
        BEFORE_NOTIFIED,
        TIMER_STOPPED,
        TERMINATED,
        SERVICES_GONE,
        ALLOWS_UNACCEPTED;

        Flag of(BootState boot) {
            return switch (this) {
                case BEFORE_NOTIFIED -> boot.beforeNotified();
                case TIMER_STOPPED -> boot.timerStopped();
                case TERMINATED -> boot.terminated();
                case SERVICES_GONE -> boot.servicesGone();
                case ALLOWS_UNACCEPTED -> boot.allowsUnaccepted();
            };
        }
    }

    @Override
    default List<Part> needs() {
        return List.of(BootState.PART);
    }

    @Override
    default Results<Boolean> results() {
        return new Results.Truth();
    }

    /** Whether it is so. */
    record IsSo(Fact fact) implements BootOperation {
        @Override
        public Step on(Machine machine, Actor actor) {
            Flag flag = fact.of(machine.part(BootState.class));
            return state -> flag.get(state) ? 1 : 0;
        }

        @Override
        public String mnemonic() {
            return "boot state";
        }
    }

    /** It is so from now on. Answers whether it was before. */
    record Becomes(Fact fact) implements BootOperation {
        @Override
        public Step on(Machine machine, Actor actor) {
            Flag flag = fact.of(machine.part(BootState.class));
            return state -> {
                boolean before = flag.get(state);
                flag.set(state, true);
                return before ? 1 : 0;
            };
        }

        @Override
        public String mnemonic() {
            return "set boot state";
        }
    }
}
