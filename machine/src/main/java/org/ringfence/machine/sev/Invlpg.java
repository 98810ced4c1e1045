package org.ringfence.machine.sev;

import java.util.List;
import org.ringfence.machine.memory.GuestPages;
import org.ringfence.machine.operation.Action;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Part;
import org.ringfence.machine.operation.Step;

/** INVLPG: the vCPU forgets its translation of the page at {@code gpa}, in bytes, and so what C-bit it found there. */
public record Invlpg(long gpa) implements Action {
    @Override
    public List<Part> needs() {
        return List.of(GuestPageTable.PART);
    }

    @Override
    public Step on(Machine machine, Actor actor) {
        GuestPageTable table = machine.part(GuestPageTable.class);
        int page = GuestPages.page(table.geometry(), gpa);
        int vcpu = vcpu(table, actor);
        return state -> {
            table.invalidate(state, vcpu, page);
            return Done.DONE.ordinal();
        };
    }

    static int vcpu(GuestPageTable table, Actor actor) {
        if (actor.index() < 0 || actor.index() >= table.vcpus()) {
            throw new IllegalArgumentException(
                    "%s uses the guest's page table, which is for the first %d actors".formatted(actor, table.vcpus()));
        }
        return actor.index();
    }

    @Override
    public String mnemonic() {
        return "INVLPG";
    }
}
