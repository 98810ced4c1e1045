package org.ringfence.machine.sev;

import org.ringfence.machine.memory.GuestPages;
import org.ringfence.machine.operation.Action;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Step;

/**
 * The host removes the nested mapping that covers the guest's page at {@code gpa}, in bytes, with all of a 2M mapping.
 */
public record UnmapNestedPage(long gpa) implements Action {
    @Override
    public Step on(Machine machine, Actor actor) {
        NestedGuest guest = machine.part(NestedGuest.class);
        NestedPageTable npt = guest.npt();
        int page = GuestPages.page(guest.geometry(), gpa);
        return state -> {
            npt.unmap(state, page);
            return Done.DONE.ordinal();
        };
    }

    @Override
    public String mnemonic() {
        return "unmap nested page";
    }
}
