package org.ringfence.machine.snp.rmp;

import org.ringfence.machine.memory.GuestPages;
import org.ringfence.machine.memory.Level;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.operation.Results;
import org.ringfence.machine.operation.Step;
import org.ringfence.machine.snp.Snp;

/**
 * PVALIDATE: the guest takes a page, or rescinds that it did. What the page holds stays as it is. May exit with a
 * nested page fault.
 *
 * @param gpa RAX, as the guest physical address that it is mapped to, in bytes
 * @param size ECX bit 0
 * @param validate EDX bit 0
 */
public record Pvalidate(long gpa, Level size, boolean validate) implements Operation<PvalidateResult> {

    /** Validates the page at {@code gpa}. */
    public static Pvalidate validate(long gpa, Level size) {
        return new Pvalidate(gpa, size, true);
    }

    /** Rescinds the validation of the page at {@code gpa}. */
    public static Pvalidate rescind(long gpa, Level size) {
        return new Pvalidate(gpa, size, false);
    }

    @Override
    public Results<PvalidateResult> results() {
        return new Results.Closed<>(PvalidateResult.class);
    }

    @Override
    public Step on(Machine machine, Actor actor) {
        Snp snp = machine.part(Snp.class);
        int page = GuestPages.page(snp.geometry(), gpa);
        if (actor.principal() != Principal.GUEST && actor.principal() != Principal.INNER_GUEST) {
            return state -> PvalidateResult.GENERAL_PROTECTION.ordinal();
        }
        int vmpl = Snp.vmpl(actor.principal());
        int index = actor.index();
        return state -> snp.leaveOnFault(state, index, page, snp.pvalidate(state, vmpl, page, size, validate));
    }

    @Override
    public String mnemonic() {
        return "PVALIDATE";
    }

    @Override
    public String toString() {
        return "PVALIDATE GPA 0x%X, %s, %s".formatted(gpa, size, validate ? "validate" : "rescind");
    }
}
