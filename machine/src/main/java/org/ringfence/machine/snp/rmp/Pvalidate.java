package org.ringfence.machine.snp.rmp;

import org.ringfence.machine.memory.GuestPages;
import org.ringfence.machine.memory.Level;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Guards;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.operation.Results;
import org.ringfence.machine.operation.Step;
import org.ringfence.machine.sev.ExitReason;
import org.ringfence.machine.snp.Snp;
import org.ringfence.machine.snp.SnpGuard;
import org.ringfence.machine.state.FrameRef;
import org.ringfence.machine.state.State;

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
        int vmpl = Snp.vmpl(actor);
        int index = actor.index();
        return state -> snp.leaveOnFault(state, index, page, perform(state, snp, vmpl, page, size, validate));
    }

    /**
     * PVALIDATE at VMPL {@code vmpl} of the guest ({@code F2 0F 01 FF}), checked in VeriSMo's order.
     *
     * @return the ordinal of a {@link PvalidateResult}, or a nested page fault of {@link Snp#fault}
     */
    public static long perform(State state, Snp snp, int vmpl, int page, Level size, boolean validate) {
        ReverseMapTable rmp = snp.rmp();
        Guards guards = snp.guards();
        if (vmpl != 0 && guards.checks(SnpGuard.PVALIDATE_VMPL_IS_0)) {
            return PvalidateResult.GENERAL_PROTECTION.ordinal();
        }
        if (!snp.isAligned(page, size)) {
            return PvalidateResult.FAIL_INPUT.ordinal();
        }
        int frame = snp.npt().lookup(state, page);
        if (frame == FrameRef.NONE) {
            return Snp.fault(ExitReason.NPF_NOT_PRESENT_PRIVATE);
        }
        if (!snp.isOperand(state, frame, page)) {
            return Snp.fault(ExitReason.NPF_RMP_PRIVATE);
        }
        if (snp.isInside2M(state, frame, size)) {
            return Snp.fault(ExitReason.NPF_SIZE_MISMATCH);
        }
        boolean both2M = rmp.isLarge(state, frame) && snp.npt().isLarge(state, page);
        if (size == Level.SIZE_2M && !both2M && guards.checks(SnpGuard.PVALIDATE_SIZES_AGREE)) {
            return PvalidateResult.FAIL_SIZEMISMATCH.ordinal();
        }
        if (rmp.isValidated(state, frame) == validate) {
            return PvalidateResult.UNCHANGED.ordinal();
        }
        rmp.setValidated(state, frame, validate);
        return PvalidateResult.CHANGED.ordinal();
    }

    @Override
    public String mnemonic() {
        return "PVALIDATE";
    }
}
