package org.ringfence.machine.sev;

import java.util.List;
import org.ringfence.machine.memory.GuestMemory;
import org.ringfence.machine.memory.GuestMemory.Mapping;
import org.ringfence.machine.memory.GuestPages;
import org.ringfence.machine.memory.Memory;
import org.ringfence.machine.memory.Touched;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Part;
import org.ringfence.machine.operation.Results;
import org.ringfence.machine.operation.Step;

/**
 * CLFLUSH of each line of the page at {@code gpa}, in bytes, through whichever C-bit its translation has: lines cached
 * under the other C-bit stay where they are, unless the part is coherent. It faults as a load does. Source: AMD APM
 * volume 3, CLFLUSH; Linux, arch/x86/mm/pat/set_memory.c (cpa_flush), which flushes before C-bits change.
 */
public record ClflushMapped(long gpa) implements Operation<Touched> {
    @Override
    public List<Part> needs() {
        return List.of(GuestPageTable.PART);
    }

    @Override
    public Results<Touched> results() {
        return new Results.Closed<>(Touched.class);
    }

    @Override
    public Step on(Machine machine, Actor actor) {
        GuestPageTable table = machine.part(GuestPageTable.class);
        GuestMemory guest = machine.part(GuestMemory.class);
        Memory memory = machine.part(Memory.class);
        int page = GuestPages.page(table.geometry(), gpa);
        int vcpu = Invlpg.vcpu(table, actor);
        return state -> {
            Mapping mapping = table.use(state, vcpu, page);
            long frame = guest.access(state, actor, page, mapping, false);
            if (frame < 0) {
                return Touched.fault(frame);
            }
            memory.flush(state, (int) frame, guest.key(state, mapping));
            return Touched.DONE.ordinal();
        };
    }

    @Override
    public String mnemonic() {
        return "CLFLUSH";
    }
}
