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
 * Software in the guest reads the page at {@code gpa}. A private load by the guest itself is held against the
 * {@link Ledger}; what an inner guest reads is held against confidentiality.
 */
public record Load(long gpa, Mapping mapping) implements Operation<Loaded> {

    /** A load through the private mapping. */
    public Load(long gpa) {
        this(gpa, Mapping.PRIVATE);
    }

    @Override
    public Results<Loaded> results() {
        return new Results.Closed<>(Loaded.class);
    }

    @Override
    public Step on(Machine machine, Actor actor) {
        return step(machine, actor, mapping == Mapping.PRIVATE);
    }

    /** The step; {@code owed} where the guest is owed what it put there, which is not so of memory that it shares. */
    public Step step(Machine machine, Actor actor, boolean owed) {
        GuestMemory guest = GuestMemory.of(machine, actor);
        guest.require(mapping);
        Memory memory = machine.part(Memory.class);
        Optional<Ledger> ledger = Ledger.of(machine, actor);
        boolean judged = ledger.isPresent() && owed && actor.principal() == Principal.GUEST;
        MachineChecks checks = MachineChecks.of(machine);
        int number = Topology.packageOf(machine, actor);
        int page = GuestPages.page(memory.geometry(), gpa);
        return state -> {
            long frame = guest.access(state, actor, page, mapping, false);
            if (frame < 0) {
                return fault(frame);
            }
            int value = guest.load(state, memory, number, (int) frame, mapping);
            if (value == Memory.POISON) {
                return checks.consumed(state, actor, MachineChecks.Where.GUEST);
            }
            if (judged) {
                ledger.get().loaded(state, page, value);
            }
            if (actor.principal() != Principal.GUEST) {
                Ledger.seen(state, actor.principal(), value);
            }
            return Loaded.code(value);
        };
    }

    private static long fault(long outcome) {
        if (outcome == GuestMemory.VIRTUALIZATION_EXCEPTION) {
            return Loaded.VIRTUALIZATION_EXCEPTION.ordinal();
        }
        if (outcome == GuestMemory.SYNCHRONOUS_EXTERNAL_ABORT) {
            return Loaded.SYNCHRONOUS_EXTERNAL_ABORT.ordinal();
        }
        return outcome == GuestMemory.PAGE_NOT_VALIDATED ? Loaded.PAGE_NOT_VALIDATED.ordinal() : outcome;
    }

    @Override
    public String mnemonic() {
        return "load";
    }
}
