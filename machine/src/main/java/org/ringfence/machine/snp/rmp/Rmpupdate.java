package org.ringfence.machine.snp.rmp;

import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.Level;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Frame;
import org.ringfence.machine.operation.Guards;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.operation.Results;
import org.ringfence.machine.operation.Step;
import org.ringfence.machine.sev.HostBook;
import org.ringfence.machine.snp.Snp;
import org.ringfence.machine.snp.SnpGuard;
import org.ringfence.machine.state.State;

/**
 * RMPUPDATE: the host replaces the RMP entry of {@code frame}. The contents of the frame stay as they are.
 *
 * @param frame RAX, the system physical address
 * @param assigned the new assigned bit
 * @param gpa the new guest physical address, in bytes; it need not be one of the guest's memory, of which only
 *     {@link ReverseMapTable#VMSA_GPA} is kept here
 * @param size the new page size; of a released page, how much is released
 * @param asid the new ASID
 * @param immutable the new immutable bit; the machine must have it
 */
public record Rmpupdate(Frame frame, boolean assigned, long gpa, Level size, int asid, boolean immutable)
        implements
            Operation<RmpupdateResult> {

    /** Assigns {@code frame} to the guest {@code asid} at {@code gpa}. */
    public static Rmpupdate assign(Frame frame, long gpa, Level size, int asid) {
        return new Rmpupdate(frame, true, gpa, size, asid, false);
    }

    /** Assigns {@code frame} to the guest {@link RmpOptions#FIRST_ASID} at {@code gpa}. */
    public static Rmpupdate assign(Frame frame, long gpa, Level size) {
        return assign(frame, gpa, size, RmpOptions.FIRST_ASID);
    }

    /** Gives {@code frame} back to the hypervisor. */
    public static Rmpupdate release(Frame frame, Level size) {
        return new Rmpupdate(frame, false, 0, size, 0, false);
    }

    @Override
    public Results<RmpupdateResult> results() {
        return new Results.Closed<>(RmpupdateResult.class);
    }

    @Override
    public Step on(Machine machine, Actor actor) {
        Snp snp = machine.part(Snp.class);
        if (immutable && !snp.options().immutable()) {
            throw new IllegalArgumentException(
                    "RMPUPDATE sets the immutable bit, which the machine's RMP does not have");
        }
        if (actor.principal() != Principal.HOST) {
            return state -> RmpupdateResult.FAIL_PERMISSION.ordinal();
        }
        ReverseMapTable rmp = snp.rmp();
        int page = rmp.pageOf(gpa);
        HostBook book = HostBook.of(machine, actor);
        int span = snp.geometry().span(size);
        return state -> {
            RmpupdateResult result = perform(state, rmp, frame.index(), assigned, page, size, asid, immutable);
            if (assigned && result == RmpupdateResult.SUCCESS) {
                book.givenUp(state, frame.index(), span);
            }
            return result.ordinal();
        };
    }

    /**
     * RMPUPDATE by the host ({@code F2 0F 01 FE}): input, lock or use by hardware, immutable, overlap.
     *
     * @param frame the system physical address, as a frame
     * @param assigned the new assigned bit; when false, {@code asid} must be 0 and {@code immutable} false
     * @param page the number of the guest's page, as {@link ReverseMapTable#pageOf} gives it
     * @param size 2M needs a 2M-aligned frame and page
     * @param asid the new ASID; 0 makes a page of the firmware's, which has no GPA
     * @param immutable the new immutable bit
     */
    public static RmpupdateResult perform(
            State state,
            ReverseMapTable rmp,
            int frame,
            boolean assigned,
            int page,
            Level size,
            int asid,
            boolean immutable) {
        Guards guards = rmp.guards();
        boolean plain = assigned || (asid == 0 && !immutable);
        if (!plain && guards.checks(SnpGuard.RMPUPDATE_UNASSIGNED_IS_PLAIN)) {
            return RmpupdateResult.FAIL_INPUT;
        }
        if (asid < 0 || asid > rmp.options().asids() || !isGpa(rmp, page, size)) {
            return RmpupdateResult.FAIL_INPUT;
        }
        if (!rmp.hasPage(frame, size)) {
            return RmpupdateResult.FAIL_INPUT;
        }
        if (rmp.isInUse(state, frame, size) && guards.checks(SnpGuard.RMPUPDATE_IS_NOT_IN_USE)) {
            return RmpupdateResult.FAIL_INUSE;
        }
        if (rmp.hasImmutable(state, frame, size) && guards.checks(SnpGuard.RMPUPDATE_IS_NOT_IMMUTABLE)) {
            return RmpupdateResult.FAIL_PERMISSION;
        }
        if (rmp.overlaps(state, frame, size) && guards.checks(SnpGuard.RMPUPDATE_DOES_NOT_OVERLAP)) {
            return RmpupdateResult.FAIL_OVERLAP;
        }
        rmp.replace(state, frame, assigned, page, size, asid, immutable);
        return RmpupdateResult.SUCCESS;
    }

    private static boolean isGpa(ReverseMapTable rmp, int page, Level size) {
        Geometry geometry = rmp.geometry();
        int pages = geometry.pages() + (rmp.options().vmsa() ? 1 : 0);
        return page >= 0
                && page < pages
                && (size == Level.SIZE_4K || page < geometry.pages() && geometry.isLargeAligned(page));
    }

    /** Whether {@link #perform} finds nothing wrong with {@code frame}, whatever the new entry says. */
    public static boolean isTaken(State state, ReverseMapTable rmp, int frame, Level size) {
        Guards guards = rmp.guards();
        return rmp.hasPage(frame, size)
                && !(rmp.isInUse(state, frame, size) && guards.checks(SnpGuard.RMPUPDATE_IS_NOT_IN_USE))
                && !(rmp.hasImmutable(state, frame, size) && guards.checks(SnpGuard.RMPUPDATE_IS_NOT_IMMUTABLE))
                && !(rmp.overlaps(state, frame, size) && guards.checks(SnpGuard.RMPUPDATE_DOES_NOT_OVERLAP));
    }

    @Override
    public String mnemonic() {
        return "RMPUPDATE";
    }
}
