package org.ringfence.machine.snp.rmp;

import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.GuestPages;
import org.ringfence.machine.memory.Level;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Outcome;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.operation.Results;
import org.ringfence.machine.operation.Step;
import org.ringfence.machine.snp.Snp;

/**
 * An instruction as it stands in registers, for code that is not written against the typed operations: reserved bits,
 * misaligned addresses and addresses beyond the RMP are the instruction's to refuse. Guest virtual addresses are guest
 * physical ones here. May exit with a nested page fault.
 *
 * @param rax RMPUPDATE, PSMASH: the system physical address; PVALIDATE, RMPADJUST: the guest's address
 * @param rcx PVALIDATE, RMPADJUST: the page size in bit 0
 * @param rdx PVALIDATE: bit 0 whether to validate; RMPADJUST: target VMPL, permissions, VMSA
 * @param low of RMPUPDATE's structure at RCX: its first word
 * @param high its second word
 */
public record RawInstruction(Opcode opcode, long rax, long rcx, long rdx, long low, long high)
        implements
            Operation<Long> {

    /** Which instruction. */
    public enum Opcode {
        /** {@code F2 0F 01 FE}. */
        RMPUPDATE,
        /** {@code F3 0F 01 FF}. */
        PSMASH,
        /** {@code F2 0F 01 FF}. */
        PVALIDATE,
        /** {@code F3 0F 01 FE}. */
        RMPADJUST
    }

    /** In a result: the carry flag. EAX is in bits 31:0. */
    public static final long CARRY = 1L << 32;

    /** In a result: #GP(0), and no EAX. */
    public static final long GENERAL_PROTECTION = 1L << 33;

    /** In a result: #VC with exit code 0x404, and no EAX. */
    public static final long NOT_VALIDATED = 1L << 34;

    /** RMPUPDATE of the frame at {@code spa} to what {@code view} says. */
    public static RawInstruction rmpupdate(long spa, RmpView view) {
        return new RawInstruction(Opcode.RMPUPDATE, spa, 0, 0, view.low(), view.high());
    }

    /** Any other instruction. */
    public static RawInstruction of(Opcode opcode, long rax, long rcx, long rdx) {
        return new RawInstruction(opcode, rax, rcx, rdx, 0, 0);
    }

    @Override
    public Results<Long> results() {
        return new Results.Value();
    }

    @Override
    public Step on(Machine machine, Actor actor) {
        Snp snp = machine.part(Snp.class);
        boolean host = actor.principal() == Principal.HOST;
        return switch (opcode) {
            case RMPUPDATE -> host ? rmpupdate(snp) : state -> RmpupdateResult.FAIL_PERMISSION.eax();
            case PSMASH -> host ? psmash(snp) : state -> PsmashResult.FAIL_PERMISSION.eax();
            case PVALIDATE -> host ? state -> GENERAL_PROTECTION : pvalidate(snp, actor);
            case RMPADJUST -> host ? state -> GENERAL_PROTECTION : rmpadjust(snp, actor);
        };
    }

    private Step rmpupdate(Snp snp) {
        RmpView view = RmpView.of(low, high);
        int frame = frame(snp.geometry(), rax & -Geometry.SMALL);
        boolean misaligned = view.size() == Level.SIZE_2M
                && ((rax | view.gpa()) & Geometry.LARGE - 1 & -Geometry.SMALL) != 0;
        if (frame < 0 || misaligned || RmpView.hasReserved(high) || (view.gpa() & Geometry.SMALL - 1) != 0) {
            return state -> RmpupdateResult.FAIL_INPUT.eax();
        }
        int page = snp.rmp().pageOf(view.gpa());
        return state -> Rmpupdate.perform(
                state, snp.rmp(), frame, view.assigned(), page, view.size(), view.asid(), view.immutable())
                .eax();
    }

    private Step psmash(Snp snp) {
        int frame = (rax & Geometry.LARGE - 1) == 0 ? frame(snp.geometry(), rax) : -1;
        return state -> Psmash.perform(state, snp.rmp(), frame).eax();
    }

    private Step pvalidate(Snp snp, Actor actor) {
        int vmpl = Snp.vmpl(actor);
        Level size = (rcx & 1) != 0 ? Level.SIZE_2M : Level.SIZE_4K;
        int page = GuestPages.page(snp.geometry(), rax & -Geometry.SMALL);
        if (vmpl == 0 && size == Level.SIZE_2M && (rax & Geometry.LARGE - 1) != 0) {
            return state -> PvalidateResult.FAIL_INPUT.eax();
        }
        return state -> {
            long outcome = snp.leaveOnFault(
                    state, actor.index(), page, Pvalidate.perform(state, snp, vmpl, page, size, (rdx & 1) != 0));
            return outcome == Outcome.EXITS ? outcome : registers(PvalidateResult.values()[(int) outcome]);
        };
    }

    private static long registers(PvalidateResult result) {
        return switch (result) {
            case CHANGED -> 0;
            case UNCHANGED -> CARRY;
            case FAIL_INPUT, FAIL_SIZEMISMATCH -> result.eax();
            case GENERAL_PROTECTION -> GENERAL_PROTECTION;
        };
    }

    private Step rmpadjust(Snp snp, Actor actor) {
        int vmpl = Snp.vmpl(actor);
        Level size = (rcx & 1) != 0 ? Level.SIZE_2M : Level.SIZE_4K;
        int page = GuestPages.page(snp.geometry(), rax & -Geometry.SMALL);
        Rmpadjust typed = Rmpadjust.ofRdx(rax & -Geometry.SMALL, size, rdx);
        boolean misaligned = size == Level.SIZE_2M && (rax & Geometry.LARGE - 1) != 0;
        if (misaligned || rdx >>> 17 != 0) {
            return state -> RmpadjustResult.FAIL_INPUT.eax();
        }
        return state -> {
            long outcome = snp.leaveOnFault(
                    state,
                    actor.index(),
                    page,
                    Rmpadjust.perform(
                            state, snp, vmpl, page, size, typed.targetVmpl(), typed.permissions(), typed.vmsa()));
            if (outcome == Outcome.EXITS) {
                return outcome;
            }
            RmpadjustResult result = RmpadjustResult.values()[(int) outcome];
            return result == RmpadjustResult.PAGE_NOT_VALIDATED ? NOT_VALIDATED : result.eax();
        };
    }

    /** Frames lie at the addresses at which pages of the same number lie. */
    private static int frame(Geometry geometry, long spa) {
        return new Geometry(geometry.frames(), geometry.frames(), geometry.smallPerLarge()).page(spa);
    }

    @Override
    public String mnemonic() {
        return opcode.name();
    }
}
