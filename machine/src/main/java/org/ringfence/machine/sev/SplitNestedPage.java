package org.ringfence.machine.sev;

import org.ringfence.machine.memory.GuestPages;
import org.ringfence.machine.operation.Action;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Step;

/**
 * The host replaces the 2M nested mapping around the guest's page at {@code gpa}, in bytes, by 4K mappings to the same
 * frames. Without a 2M mapping it does nothing.
 */
public record SplitNestedPage(long gpa) implements Action {
    @Override
    public Step on(Machine machine, Actor actor) {
        NestedGuest guest = machine.part(NestedGuest.class);
        NestedPageTable npt = guest.npt();
        int page = GuestPages.page(guest.geometry(), gpa);
        return state -> {
            npt.split(state, page);
            return Done.DONE.ordinal();
        };
    }

    @Override
    public String mnemonic() {
        return "split nested page";
    }
}
