package org.ringfence.stack.host.kvm.snp;

import java.util.List;
import org.ringfence.machine.memory.GuestPages;
import org.ringfence.machine.operation.Action;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Frame;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Part;
import org.ringfence.machine.operation.Step;

/**
 * A frame of the page allocator becomes the folio of a guest page, in bytes, of which the caller takes a reference, or
 * userspace's memory there.
 *
 * @param toFile whether it goes to the file
 */
public record AddFrame(long gpa, Frame frame, boolean toFile) implements Action {
    @Override
    public List<Part> needs() {
        return List.of(SnpMemfd.PART);
    }

    @Override
    public Step on(Machine machine, Actor actor) {
        SnpMemfd memfd = machine.part(SnpMemfd.class);
        int page = GuestPages.page(memfd.geometry(), gpa);
        int self = actor.index();
        int index = frame.index();
        return state -> {
            if (toFile) {
                memfd.folio().set(state, page, index);
                memfd.holders().add(state, index, self);
            } else {
                memfd.user().set(state, page, index);
            }
            return Done.DONE.ordinal();
        };
    }

    @Override
    public String mnemonic() {
        return "add frame";
    }

    @Override
    public String toString() {
        return "adds %s to %s at GPA 0x%X".formatted(frame, toFile ? "guest_memfd" : "userspace's memory", gpa);
    }
}
