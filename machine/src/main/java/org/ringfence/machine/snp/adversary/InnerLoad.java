package org.ringfence.machine.snp.adversary;

import org.ringfence.machine.memory.GuestMemory.Mapping;
import org.ringfence.machine.memory.GuestPages;
import org.ringfence.machine.memory.Ledger;
import org.ringfence.machine.memory.Memory;
import org.ringfence.machine.operation.Action;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Outcome;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.operation.Step;
import org.ringfence.machine.snp.Snp;

/**
 * An untrusted inner guest reads the page at {@code gpa}, in bytes, for what it can learn: what it sees is held against
 * confidentiality. Waits where the access is refused, since nobody looks at the exit.
 */
public record InnerLoad(long gpa, Mapping mapping) implements Action {
    @Override
    public Step on(Machine machine, Actor actor) {
        Snp snp = machine.part(Snp.class);
        Memory memory = machine.part(Memory.class);
        int page = GuestPages.page(snp.geometry(), gpa);
        int key = snp.key(mapping);
        return state -> {
            long frame = snp.check(state, Snp.INNER_VMPL, page, mapping, false);
            if (frame < 0) {
                return Outcome.WAITS;
            }
            Ledger.seen(state, Principal.INNER_GUEST, memory.read(state, (int) frame, key));
            return Done.DONE.ordinal();
        };
    }

    @Override
    public String mnemonic() {
        return "inner load";
    }

    @Override
    public String toString() {
        return "load %s GPA 0x%X".formatted(mapping, gpa);
    }
}
