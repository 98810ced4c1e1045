package org.ringfence.machine.pkvm;

import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Frame;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Results;
import org.ringfence.machine.operation.Step;

/** The host looks in its own notes whether {@code pfn} is its own alone. */
public record PageIsFree(Frame pfn) implements Operation<Boolean> {
    @Override
    public Results<Boolean> results() {
        return new Results.Truth();
    }

    @Override
    public Step on(Machine machine, Actor actor) {
        Pkvm pkvm = machine.part(Pkvm.class);
        int index = pfn.index();
        return state -> pkvm.host().is(state, index, PkvmPageState.OWNED) ? 1 : 0;
    }

    @Override
    public String mnemonic() {
        return "page is free";
    }
}
