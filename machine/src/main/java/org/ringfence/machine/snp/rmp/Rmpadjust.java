package org.ringfence.machine.snp.rmp;

import org.ringfence.machine.memory.GuestPages;
import org.ringfence.machine.memory.Level;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Guards;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Numbered;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Results;
import org.ringfence.machine.operation.Step;
import org.ringfence.machine.sev.ExitReason;
import org.ringfence.machine.snp.Snp;
import org.ringfence.machine.snp.SnpGuard;
import org.ringfence.machine.state.FrameRef;
import org.ringfence.machine.state.State;

/**
 * RMPADJUST: the guest sets what a lower VMPL may do with a page. May exit with a nested page fault.
 *
 * @param gpa RAX, as the guest physical address that it is mapped to, in bytes
 * @param size RCX bit 0
 * @param targetVmpl RDX bits 7:0
 * @param permissions RDX bits 15:8, in the bits of {@link Permissions}; they replace what the target had
 * @param vmsa RDX bit 16
 */
public record Rmpadjust(long gpa, Level size, int targetVmpl, int permissions, boolean vmsa)
        implements
            Operation<RmpadjustResult> {

    public Rmpadjust {
        Numbered.require("target VMPL in RDX bits 7:0", targetVmpl, 1 << Byte.SIZE);
        Numbered.require("permissions in RDX bits 15:8", permissions, 1 << Byte.SIZE);
    }

    /** From the value of RDX; bits above 16 are ignored here. */
    public static Rmpadjust ofRdx(long gpa, Level size, long rdx) {
        return new Rmpadjust(gpa, size, (int) rdx & 0xFF, (int) (rdx >>> 8) & 0xFF, (rdx >>> 16 & 1) != 0);
    }

    /** Lets the inner guest read, write and execute the page at {@code gpa}. */
    public static Rmpadjust grant(long gpa, Level size) {
        return new Rmpadjust(gpa, size, Snp.INNER_VMPL, Permissions.RWX, false);
    }

    /** Takes the page at {@code gpa} away from the inner guest. */
    public static Rmpadjust revoke(long gpa, Level size) {
        return revoke(gpa, size, Snp.INNER_VMPL);
    }

    /** Takes the page at {@code gpa} away from {@code vmpl}. */
    public static Rmpadjust revoke(long gpa, Level size, int vmpl) {
        return new Rmpadjust(gpa, size, vmpl, Permissions.NONE, false);
    }

    /** The value of RDX. */
    public long rdx() {
        return targetVmpl | (long) permissions << 8 | (vmsa ? 1L << 16 : 0);
    }

    @Override
    public Results<RmpadjustResult> results() {
        return new Results.Closed<>(RmpadjustResult.class);
    }

    @Override
    public Step on(Machine machine, Actor actor) {
        Snp snp = machine.part(Snp.class);
        int vmpl = Snp.vmpl(actor);
        // What no permission is kept of has none, and can lose them.
        boolean gives = permissions != Permissions.NONE;
        if (gives && targetVmpl > vmpl && targetVmpl <= 3 && !snp.options().keeps(targetVmpl)) {
            throw new IllegalArgumentException(
                    "RMPADJUST names VMPL" + targetVmpl + ", whose permissions the machine's RMP does not keep");
        }
        int page = GuestPages.page(snp.geometry(), gpa);
        int index = actor.index();
        return state -> snp.leaveOnFault(
                state, index, page, perform(state, snp, vmpl, page, size, targetVmpl, permissions, vmsa));
    }

    /**
     * RMPADJUST at VMPL {@code vmpl} of the guest ({@code F3 0F 01 FE}), checked in VeriSMo's order. It replaces the
     * target's mask.
     *
     * @param target the VMPL that is permitted or forbidden something
     * @param permissions in the bits of {@link Permissions}
     * @param vmsa whether the page becomes a VMSA; heeded at VMPL0 only
     * @return the ordinal of a {@link RmpadjustResult}, or a nested page fault of {@link Snp#fault}
     */
    public static long perform(
            State state, Snp snp, int vmpl, int page, Level size, int target, int permissions, boolean vmsa) {
        ReverseMapTable rmp = snp.rmp();
        Guards guards = snp.guards();
        if (!snp.isAligned(page, size) || target > 3 || (permissions & ~Permissions.ALL) != 0) {
            return RmpadjustResult.FAIL_INPUT.ordinal();
        }
        if (target <= vmpl && guards.checks(SnpGuard.RMPADJUST_TARGET_IS_LOWER)) {
            return RmpadjustResult.FAIL_PERMISSION.ordinal();
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
        if (!rmp.isValidated(state, frame) && guards.checks(SnpGuard.RMPADJUST_PAGE_IS_VALIDATED)) {
            return RmpadjustResult.PAGE_NOT_VALIDATED.ordinal();
        }
        boolean larger = size == Level.SIZE_2M && !rmp.isLarge(state, frame);
        if (larger && guards.checks(SnpGuard.RMPADJUST_SIZES_AGREE)) {
            return RmpadjustResult.FAIL_SIZEMISMATCH.ordinal();
        }
        int lacking = permissions & ~rmp.permissions(state, frame, vmpl);
        if (lacking != 0 && guards.checks(SnpGuard.RMPADJUST_GIVES_WHAT_IT_HAS)) {
            return RmpadjustResult.FAIL_PERMISSION.ordinal();
        }
        rmp.setPermissions(state, frame, target, permissions);
        if (vmpl == 0) {
            rmp.setVmsa(state, frame, vmsa);
        }
        return RmpadjustResult.SUCCESS.ordinal();
    }

    @Override
    public String mnemonic() {
        return "RMPADJUST";
    }
}
