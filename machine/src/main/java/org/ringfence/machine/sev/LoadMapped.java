package org.ringfence.machine.sev;

import java.util.List;
import org.ringfence.machine.memory.GuestMemory.Mapping;
import org.ringfence.machine.memory.GuestPages;
import org.ringfence.machine.memory.Load;
import org.ringfence.machine.memory.Loaded;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Part;
import org.ringfence.machine.operation.Results;
import org.ringfence.machine.operation.Step;

/**
 * Software in the guest reads the page at {@code gpa}, in bytes, through whichever C-bit its translation has. It
 * expects what it wrote there last, so this is for guests whose host writes nothing.
 */
public record LoadMapped(long gpa) implements Operation<Loaded> {
    @Override
    public List<Part> needs() {
        return List.of(GuestPageTable.PART);
    }

    @Override
    public Results<Loaded> results() {
        return new Results.Closed<>(Loaded.class);
    }

    @Override
    public Step on(Machine machine, Actor actor) {
        GuestPageTable table = machine.part(GuestPageTable.class);
        int page = GuestPages.page(table.geometry(), gpa);
        int vcpu = Invlpg.vcpu(table, actor);
        Step encrypted = new Load(gpa, Mapping.PRIVATE).step(machine, actor, true);
        Step plain = new Load(gpa, Mapping.SHARED).step(machine, actor, true);
        return state -> table.use(state, vcpu, page) == Mapping.SHARED ? plain.take(state) : encrypted.take(state);
    }

    @Override
    public String mnemonic() {
        return "load";
    }
}
