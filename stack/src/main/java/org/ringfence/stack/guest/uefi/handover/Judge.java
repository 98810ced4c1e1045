package org.ringfence.stack.guest.uefi.handover;

import org.ringfence.machine.operation.Action;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Property;
import org.ringfence.machine.operation.Step;

/** What software finds to be so, or not, is held against a property. It touches no hardware. */
public record Judge(Property property, boolean holds) implements Action {
    @Override
    public Step on(Machine machine, Actor actor) {
        long marks = holds ? property.exercised() : property.broken();
        return state -> {
            state.observe(marks);
            return Done.DONE.ordinal();
        };
    }

    @Override
    public String mnemonic() {
        return "judge";
    }
}
