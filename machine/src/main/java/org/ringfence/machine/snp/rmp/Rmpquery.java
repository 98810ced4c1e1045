package org.ringfence.machine.snp.rmp;

import org.ringfence.machine.memory.GuestPages;
import org.ringfence.machine.memory.Level;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Property;
import org.ringfence.machine.operation.Results;
import org.ringfence.machine.operation.Step;
import org.ringfence.machine.sev.ExitReason;
import org.ringfence.machine.snp.Snp;
import org.ringfence.machine.snp.SnpGuard;
import org.ringfence.machine.state.FrameRef;
import org.ringfence.machine.state.State;

/**
 * RMPQUERY: the guest reads what a VMPL may do with a page. May exit with a nested page fault. {@link #ask} decodes its
 * result. What it tells of a VMPL above the caller's is a secret of that one's.
 *
 * @param gpa RAX, as the guest physical address that it is mapped to, in bytes
 * @param targetVmpl RDX bits 7:0
 */
public record Rmpquery(long gpa, int targetVmpl) implements Operation<Long> {

    /** Performs it on {@code cpu}. */
    public RmpqueryResult ask(Cpu cpu) {
        return RmpqueryResult.unpack(cpu.ask(this).longValue());
    }

    @Override
    public Results<Long> results() {
        return new Results.Value();
    }

    @Override
    public Step on(Machine machine, Actor actor) {
        Snp snp = machine.part(Snp.class);
        int vmpl = Snp.vmpl(actor);
        int page = GuestPages.page(snp.geometry(), gpa);
        int index = actor.index();
        return state -> {
            long answer = snp.leaveOnFault(state, index, page, perform(state, snp, vmpl, page, targetVmpl));
            if (answer >= 0 && answer != RmpqueryResult.REFUSED) {
                state.observe(targetVmpl < vmpl ? Property.CONFIDENTIALITY.broken() : 0);
            }
            return answer;
        };
    }

    /**
     * RMPQUERY at VMPL {@code vmpl} of the guest ({@code F3 0F 01 FD}): reads what RMPADJUST sets.
     *
     * @param target the VMPL that is asked about; not above the caller's in privilege
     * @return an {@link RmpqueryResult}'s number, or a nested page fault of {@link Snp#fault}
     */
    private static long perform(State state, Snp snp, int vmpl, int page, int target) {
        ReverseMapTable rmp = snp.rmp();
        if ((target < vmpl || target > 3) && snp.guards().checks(SnpGuard.RMPQUERY_TARGET_IS_NOT_HIGHER)) {
            return RmpqueryResult.REFUSED;
        }
        int frame = snp.npt().lookup(state, page);
        if (frame == FrameRef.NONE) {
            return Snp.fault(ExitReason.NPF_NOT_PRESENT_PRIVATE);
        }
        if (!snp.isOperand(state, frame, page)) {
            return Snp.fault(ExitReason.NPF_RMP_PRIVATE);
        }
        return new RmpqueryResult(
                true,
                rmp.isLarge(state, frame) ? Level.SIZE_2M : Level.SIZE_4K,
                rmp.permissions(state, frame, target),
                rmp.isVmsa(state, frame))
                .packed();
    }

    @Override
    public String mnemonic() {
        return "RMPQUERY";
    }
}
