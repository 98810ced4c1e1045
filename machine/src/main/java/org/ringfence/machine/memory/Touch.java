package org.ringfence.machine.memory;

import org.ringfence.machine.memory.GuestMemory.Mapping;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Results;
import org.ringfence.machine.operation.Step;

/**
 * Software in the guest reads every line of the page at {@code gpa}, in bytes, through its private mapping, and does
 * not look at what it gets: to have stale lines leave the caches. Source: Linux, arch/x86/include/asm/sev.h
 * (sev_evict_cache, which reads the first and the last byte of each 4K page).
 */
public record Touch(long gpa) implements Operation<Touched> {
    @Override
    public Results<Touched> results() {
        return new Results.Closed<>(Touched.class);
    }

    @Override
    public Step on(Machine machine, Actor actor) {
        GuestMemory guest = GuestMemory.of(machine, actor);
        Memory memory = machine.part(Memory.class);
        int number = Topology.packageOf(machine, actor);
        int page = GuestPages.page(memory.geometry(), gpa);
        return state -> {
            long frame = guest.access(state, actor, page, Mapping.PRIVATE, false);
            if (frame < 0) {
                return Touched.fault(frame);
            }
            guest.load(state, memory, number, (int) frame, Mapping.PRIVATE);
            return Touched.DONE.ordinal();
        };
    }

    @Override
    public String mnemonic() {
        return "touch";
    }
}
