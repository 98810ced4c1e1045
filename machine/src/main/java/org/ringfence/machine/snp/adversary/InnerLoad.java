package org.ringfence.machine.snp.adversary;

import org.ringfence.machine.memory.GuestMemory;
import org.ringfence.machine.memory.GuestMemory.Mapping;
import org.ringfence.machine.memory.GuestPages;
import org.ringfence.machine.memory.Ledger;
import org.ringfence.machine.memory.Memory;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.operation.Results;
import org.ringfence.machine.operation.Step;
import org.ringfence.machine.snp.AccessAs;
import org.ringfence.machine.snp.Snp;

/**
 * An untrusted inner guest reads the page at {@code gpa}, in bytes, for what it can learn: what it sees is held against
 * confidentiality. Where the RMP refuses the access, its vCPU leaves for the host with a nested page fault.
 */
public record InnerLoad(long gpa, Mapping mapping) implements Operation<AccessAs.Accessed> {
    @Override
    public Results<AccessAs.Accessed> results() {
        return new Results.Closed<>(AccessAs.Accessed.class);
    }

    @Override
    public Step on(Machine machine, Actor actor) {
        Snp snp = machine.part(Snp.class);
        Memory memory = machine.part(Memory.class);
        int page = GuestPages.page(snp.geometry(), gpa);
        int key = snp.key(mapping);
        int vmpl = Snp.vmpl(actor);
        int index = actor.index();
        return state -> {
            long frame = snp.check(state, vmpl, page, mapping, false);
            if (frame == GuestMemory.PAGE_NOT_VALIDATED) {
                return AccessAs.Accessed.PAGE_NOT_VALIDATED.ordinal();
            }
            if (frame < 0) {
                return snp.leaveOnFault(state, index, page, frame);
            }
            Ledger.seen(state, Principal.INNER_GUEST, memory.read(state, (int) frame, key));
            return AccessAs.Accessed.PERMITTED.ordinal();
        };
    }

    @Override
    public String mnemonic() {
        return "inner load";
    }
}
