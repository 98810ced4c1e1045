package org.ringfence.machine.plain;

import org.ringfence.machine.operation.Action;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Step;

/** INVEPT, all contexts, on every CPU: the monitor flushes the translations of its inner guest. */
public record Invept() implements Action {
    @Override
    public Step on(Machine machine, Actor actor) {
        Plain plain = machine.part(Plain.class);
        plain.requireInner();
        return state -> {
            plain.flush(state);
            return Done.DONE.ordinal();
        };
    }

    @Override
    public String mnemonic() {
        return "INVEPT";
    }
}
