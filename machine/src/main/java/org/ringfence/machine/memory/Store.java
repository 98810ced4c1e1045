package org.ringfence.machine.memory;

import java.util.Optional;
import org.ringfence.machine.memory.GuestMemory.Mapping;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.operation.Results;
import org.ringfence.machine.operation.Step;

/**
 * Software in the guest writes a whole page at {@code gpa}. A private store by the guest itself makes the page live in
 * the {@link Ledger}.
 */
public record Store(long gpa, Mapping mapping, Value value) implements Operation<Stored> {

    /** A store through the private mapping. */
    public Store(long gpa, Value value) {
        this(gpa, Mapping.PRIVATE, value);
    }

    @Override
    public Results<Stored> results() {
        return new Results.Closed<>(Stored.class);
    }

    @Override
    public Step on(Machine machine, Actor actor) {
        return step(machine, actor, mapping == Mapping.PRIVATE);
    }

    /** The step; {@code owed} where the guest is owed what it puts there, which is not so of memory that it shares. */
    public Step step(Machine machine, Actor actor, boolean owed) {
        GuestMemory guest = GuestMemory.of(machine, actor);
        guest.require(mapping);
        Memory memory = machine.part(Memory.class);
        Optional<Ledger> ledger = Ledger.of(machine, actor);
        boolean judged = ledger.isPresent() && owed && actor.principal() == Principal.GUEST;
        int page = GuestPages.page(memory.geometry(), gpa);
        int number = Topology.packageOf(machine, actor);
        return state -> {
            long frame = guest.access(state, actor, page, mapping, true);
            if (frame < 0) {
                return fault(frame);
            }
            memory.store(state, number, (int) frame, value, guest.key(state, mapping));
            if (judged) {
                ledger.get().stored(state, page, value);
            }
            return Stored.STORED.ordinal();
        };
    }

    static long fault(long outcome) {
        if (outcome == GuestMemory.VIRTUALIZATION_EXCEPTION) {
            return Stored.VIRTUALIZATION_EXCEPTION.ordinal();
        }
        if (outcome == GuestMemory.SYNCHRONOUS_EXTERNAL_ABORT) {
            return Stored.SYNCHRONOUS_EXTERNAL_ABORT.ordinal();
        }
        return outcome == GuestMemory.PAGE_NOT_VALIDATED ? Stored.PAGE_NOT_VALIDATED.ordinal() : outcome;
    }

    @Override
    public String mnemonic() {
        return "store";
    }
}
