package org.ringfence.machine.memory;

import java.util.Optional;
import org.ringfence.machine.operation.Action;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Frame;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Step;

/**
 * The host lets the {@link HostLedger} know that it expects nothing of {@code frame} any more. It touches no hardware;
 * without a ledger it does nothing.
 */
public record HostGivesUp(Frame frame) implements Action {
    @Override
    public Step on(Machine machine, Actor actor) {
        Optional<HostLedger> ledger = machine.find(HostLedger.class);
        return state -> {
            ledger.ifPresent(owed -> owed.givenUp(state, frame.index()));
            return Done.DONE.ordinal();
        };
    }

    @Override
    public String mnemonic() {
        return "note";
    }
}
