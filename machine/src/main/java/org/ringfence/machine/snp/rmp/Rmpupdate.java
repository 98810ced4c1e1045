package org.ringfence.machine.snp.rmp;

import org.ringfence.machine.memory.GuestPages;
import org.ringfence.machine.memory.Level;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Frame;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.operation.Results;
import org.ringfence.machine.operation.Step;
import org.ringfence.machine.snp.Snp;

/**
 * RMPUPDATE: the host replaces the RMP entry of {@code frame}. The contents of the frame stay as they are.
 *
 * @param frame RAX, the system physical address
 * @param assigned the new assigned bit
 * @param gpa the new guest physical address, in bytes
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
        int page = GuestPages.page(snp.geometry(), gpa);
        return state -> rmp.rmpupdate(state, frame.index(), assigned, page, size, asid, immutable)
                .ordinal();
    }

    @Override
    public String mnemonic() {
        return "RMPUPDATE";
    }

    @Override
    public String toString() {
        return assigned
                ? "RMPUPDATE %s: assign %s to GPA 0x%X, ASID %d%s"
                        .formatted(frame, size, gpa, asid, immutable ? ", immutable" : "")
                : "RMPUPDATE %s: release %s".formatted(frame, size);
    }
}
