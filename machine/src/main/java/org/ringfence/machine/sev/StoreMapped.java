package org.ringfence.machine.sev;

import java.util.List;
import org.ringfence.machine.memory.GuestMemory.Mapping;
import org.ringfence.machine.memory.GuestPages;
import org.ringfence.machine.memory.Store;
import org.ringfence.machine.memory.Stored;
import org.ringfence.machine.memory.Value;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Part;
import org.ringfence.machine.operation.Results;
import org.ringfence.machine.operation.Step;

/**
 * Software in the guest writes the whole page at {@code gpa}, in bytes, through whichever C-bit its translation has.
 */
public record StoreMapped(long gpa, Value value) implements Operation<Stored> {
    @Override
    public List<Part> needs() {
        return List.of(GuestPageTable.PART);
    }

    @Override
    public Results<Stored> results() {
        return new Results.Closed<>(Stored.class);
    }

    @Override
    public Step on(Machine machine, Actor actor) {
        GuestPageTable table = machine.part(GuestPageTable.class);
        int page = GuestPages.page(table.geometry(), gpa);
        int vcpu = Invlpg.vcpu(table, actor);
        Step encrypted = new Store(gpa, Mapping.PRIVATE, value).step(machine, actor, true);
        Step plain = new Store(gpa, Mapping.SHARED, value).step(machine, actor, true);
        return state -> table.use(state, vcpu, page) == Mapping.SHARED ? plain.take(state) : encrypted.take(state);
    }

    @Override
    public String mnemonic() {
        return "store";
    }
}
