package org.ringfence.machine.memory;

import java.util.Optional;
import org.ringfence.machine.memory.GuestMemory.Mapping;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Results;
import org.ringfence.machine.operation.Step;

/**
 * Software zeroes the page at {@code gpa} through its private mapping as part of accepting it. A page that is live in
 * the {@link Ledger} stays owed what it held: zeroing it was a mistake.
 */
public record Scrub(long gpa) implements Operation<Stored> {
    @Override
    public Results<Stored> results() {
        return new Results.Closed<>(Stored.class);
    }

    @Override
    public Step on(Machine machine, Actor actor) {
        GuestMemory guest = GuestMemory.of(machine, actor);
        Memory memory = machine.part(Memory.class);
        Optional<Ledger> ledger = Ledger.of(machine, actor);
        int page = GuestPages.page(memory.geometry(), gpa);
        int number = Topology.packageOf(machine, actor);
        return state -> {
            long frame = guest.access(state, actor, page, Mapping.PRIVATE, true);
            if (frame < 0) {
                return Store.fault(frame);
            }
            memory.store(state, number, (int) frame, Value.ZERO, guest.key(state, Mapping.PRIVATE));
            ledger.ifPresent(owed -> owed.zeroed(state, page));
            return Stored.STORED.ordinal();
        };
    }

    @Override
    public String mnemonic() {
        return "scrub";
    }
}
