package org.ringfence.machine.snp;

import org.ringfence.machine.memory.GuestMemory;
import org.ringfence.machine.memory.GuestMemory.Mapping;
import org.ringfence.machine.memory.GuestPages;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Results;
import org.ringfence.machine.operation.Step;

/**
 * The hardware accesses the page at {@code gpa}, in bytes, on behalf of software in the guest: it fetches an
 * instruction, or walks the guest's page tables that lie there. Such an access is private whatever the C-bit says.
 */
public record AccessAs(long gpa, Access access) implements Operation<AccessAs.Accessed> {

    /** How it ends for the guest. */
    public enum Accessed {
        /** It was permitted. */
        PERMITTED("permitted"),
        /** #VC with exit code 0x404. */
        PAGE_NOT_VALIDATED("#VC 0x404 PAGE_NOT_VALIDATED");

        private final String printed;

        Accessed(String printed) {
            this.printed = printed;
        }

        @Override
        public String toString() {
            return printed;
        }
    }

    public AccessAs {
        if (access.heedsCBit()) {
            throw new IllegalArgumentException("a " + access + " goes through a C-bit: it is Load's or Store's");
        }
    }

    @Override
    public Results<Accessed> results() {
        return new Results.Closed<>(Accessed.class);
    }

    @Override
    public Step on(Machine machine, Actor actor) {
        Snp snp = machine.part(Snp.class);
        int page = GuestPages.page(snp.geometry(), gpa);
        int vmpl = Snp.vmpl(actor);
        int index = actor.index();
        return state -> {
            long frame = snp.check(state, vmpl, page, Mapping.PRIVATE, access);
            if (frame >= 0) {
                return Accessed.PERMITTED.ordinal();
            }
            return frame == GuestMemory.PAGE_NOT_VALIDATED
                    ? Accessed.PAGE_NOT_VALIDATED.ordinal()
                    : snp.leaveOnFault(state, index, page, frame);
        };
    }

    @Override
    public String mnemonic() {
        return access.toString();
    }
}
