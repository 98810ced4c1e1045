package org.ringfence.machine.plain;

import org.ringfence.machine.memory.GuestPages;
import org.ringfence.machine.operation.Action;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Step;

/** The monitor writes the entry of a page in the nested page table of its inner guest. */
public record MapInner(long gpa, InnerAccess access) implements Action {
    @Override
    public Step on(Machine machine, Actor actor) {
        Plain plain = machine.part(Plain.class);
        int page = GuestPages.page(plain.geometry(), gpa);
        plain.requireInner();
        return state -> {
            plain.map(state, page, access);
            return Done.DONE.ordinal();
        };
    }

    @Override
    public String mnemonic() {
        return "map inner";
    }
}
