package org.ringfence.machine.sev;

import org.ringfence.machine.memory.GuestPages;
import org.ringfence.machine.memory.Level;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Frame;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Results;
import org.ringfence.machine.operation.Step;

/**
 * The host maps the guest's page at {@code gpa}, in bytes, to {@code frame} in the nested page table, whatever was
 * mapped there before.
 */
public record MapNestedPage(long gpa, Frame frame, Level size) implements Operation<MapNestedPage.Mapped> {

    /** How mapping ends. */
    public enum Mapped {
        /** The page is mapped. */
        MAPPED,
        /** A 2M mapping needs a page and a frame that are 2M aligned. */
        MISALIGNED
    }

    @Override
    public Results<Mapped> results() {
        return new Results.Closed<>(Mapped.class);
    }

    @Override
    public Step on(Machine machine, Actor actor) {
        NestedGuest guest = machine.part(NestedGuest.class);
        NestedPageTable npt = guest.npt();
        int page = GuestPages.page(guest.geometry(), gpa);
        HostBook book = HostBook.of(machine, actor);
        int span = guest.geometry().span(size);
        if (!npt.canMap(page, frame.index(), size)) {
            return state -> Mapped.MISALIGNED.ordinal();
        }
        return state -> {
            npt.map(state, page, frame.index(), size);
            book.givenUp(state, frame.index(), span);
            return Mapped.MAPPED.ordinal();
        };
    }

    @Override
    public String mnemonic() {
        return "map nested page";
    }
}
