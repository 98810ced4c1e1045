package org.ringfence.machine.sev;

import java.util.List;
import org.ringfence.machine.memory.GuestPages;
import org.ringfence.machine.operation.Action;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Part;
import org.ringfence.machine.operation.Step;

/**
 * Software in the guest sets the C-bit of the page at {@code gpa}, in bytes, in its page table. Neither memory nor
 * translations in use change.
 */
public record SetCBit(long gpa, boolean encrypted) implements Action {
    @Override
    public List<Part> needs() {
        return List.of(GuestPageTable.PART);
    }

    @Override
    public Step on(Machine machine, Actor actor) {
        GuestPageTable table = machine.part(GuestPageTable.class);
        int page = GuestPages.page(table.geometry(), gpa);
        return state -> {
            table.shared().set(state, page, !encrypted);
            return Done.DONE.ordinal();
        };
    }

    @Override
    public String mnemonic() {
        return "set C-bit";
    }
}
