package org.ringfence.machine.tdx.tdcall;

import org.ringfence.machine.memory.Level;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Outcome;
import org.ringfence.machine.operation.Results;
import org.ringfence.machine.state.State;
import org.ringfence.machine.tdx.abi.Completion;
import org.ringfence.machine.tdx.abi.Ending;
import org.ringfence.machine.tdx.abi.Endings;
import org.ringfence.machine.tdx.abi.Leaf;
import org.ringfence.machine.tdx.abi.ModuleCall;
import org.ringfence.machine.tdx.abi.ModuleStatus;
import org.ringfence.machine.tdx.abi.NoReturn;
import org.ringfence.machine.tdx.abi.Outputs;
import org.ringfence.machine.tdx.abi.TdxStatus;
import org.ringfence.machine.tdx.sept.PageAttributes;
import org.ringfence.machine.tdx.sept.Sept;
import org.ringfence.machine.tdx.sept.SeptOperand;
import org.ringfence.machine.tdx.sept.SeptState;
import org.ringfence.machine.tdx.td.L2Access;
import org.ringfence.machine.tdx.td.LeafInSteps;
import org.ringfence.machine.tdx.td.LeafLocks;
import org.ringfence.machine.tdx.td.TdExitReason;
import org.ringfence.machine.tdx.td.Tdx;

/**
 * TDG.MEM.PAGE.ATTR.WR, TDCALL leaf 24: L1 grants a page to an L2 VM, or takes it back. A page that is
 * pending stays so, and its alias stays L2_BLOCKED until L1 accepts it. What is
 * taken back may live on in translations, which only an INVEPT on each logical CPU flushes.
 *
 * <p>Where the page is not there the vCPU leaves for the host. Source: TDX module 1.5.01, tdg_mem_page_attr_wr.c.
 *
 * @param rcx the entry, of level 4K or 2M
 * @param rdx a word of attributes for each VM, L1's the lowest: bit 0 R, 1 W, 15 VALID
 * @param r8 a word of masks for each VM: which attributes to take from {@code rdx}; bit 15 asks for an INVEPT
 */
public record TdgMemPageAttrWr(long rcx, long rdx, long r8) implements ModuleCall<TdgMemPageAttrWr.Result> {

    /** How TDG.MEM.PAGE.ATTR.WR ends. */
    public enum Result implements ModuleStatus {
        /** RCX is the operand, RDX the attributes as they are now. */
        TDX_SUCCESS,
        /** As SUCCESS, with bit 62 of RCX: the page is pending. */
        TDX_SUCCESS_PENDING,
        TDX_OPERAND_INVALID_RCX,
        TDX_OPERAND_INVALID_RDX,
        TDX_OPERAND_INVALID_R8,
        /** Someone holds the lock of the entry, or the host waits for it. */
        TDX_OPERAND_BUSY_RCX,
        /** A 2M page was named, and there are 4K entries. */
        TDX_PAGE_SIZE_MISMATCH_2M,
        /** A 1G page was named, and there are smaller entries. */
        TDX_PAGE_SIZE_MISMATCH_1G,
        /** The attributes would not be legal together; RDX is what they are. */
        TDX_PAGE_ATTR_INVALID,
        /** L2 VM 1 has no table of 4K entries there; likewise those that follow. */
        TDX_L2_SEPT_WALK_FAILED_VM1_2M,
        TDX_L2_SEPT_WALK_FAILED_VM1_1G,
        TDX_L2_SEPT_WALK_FAILED_VM1_512G,
        TDX_L2_SEPT_WALK_FAILED_VM1_256T,
        TDX_L2_SEPT_WALK_FAILED_VM2_2M,
        TDX_L2_SEPT_WALK_FAILED_VM2_1G,
        TDX_L2_SEPT_WALK_FAILED_VM2_512G,
        TDX_L2_SEPT_WALK_FAILED_VM2_256T,
        TDX_L2_SEPT_WALK_FAILED_VM3_2M,
        TDX_L2_SEPT_WALK_FAILED_VM3_1G,
        TDX_L2_SEPT_WALK_FAILED_VM3_512G,
        TDX_L2_SEPT_WALK_FAILED_VM3_256T;

        static Result walkFailed(int vm, int level) {
            return values()[TDX_L2_SEPT_WALK_FAILED_VM1_2M.ordinal() + (vm - 1) * 4 + level - 1];
        }

        @Override
        public Completion completion() {
            int walk = ordinal() - TDX_L2_SEPT_WALK_FAILED_VM1_2M.ordinal();
            if (walk >= 0) {
                return new Completion(TdxStatus.TDX_L2_SEPT_WALK_FAILED, walk / 4 + 1 << 16 | walk % 4 + 1);
            }
            return Completion.named(this == TDX_SUCCESS_PENDING ? TDX_SUCCESS.name() : name());
        }

        @Override
        public String worded() {
            return this == TDX_SUCCESS_PENDING ? "TDX_SUCCESS, page pending" : completion().toString();
        }
    }

    private static final Endings<Result> ENDINGS = Endings.of(Result.class);
    static final int WORD = 16;
    static final int VALID = 0x8000;
    static final long PENDING = 1L << 62;
    private static final long WORD_MASK = 0xFFFF;
    private static final int INVEPT = 0x8000;
    private static final int HIGHEST_LEVEL = 2;

    /** Lets L2 VM 1 have {@code access} to the page and no other, and invalidates its translations on this vCPU. */
    public static TdgMemPageAttrWr grant(long gpa, Level level, L2Access access) {
        long attributes = (long) (VALID | access.bits()) << WORD;
        return new TdgMemPageAttrWr(
                SeptOperand.rcx(gpa, level.ordinal()), attributes,
                (long) (INVEPT | PageAttributes.PERMISSIONS) << WORD);
    }

    /** Takes the page from L2 VM 1, and invalidates its translations on this vCPU when {@code invept}. */
    public static TdgMemPageAttrWr revoke(long gpa, Level level, boolean invept) {
        long mask = (long) ((invept ? INVEPT : 0) | PageAttributes.PERMISSIONS) << WORD;
        return new TdgMemPageAttrWr(SeptOperand.rcx(gpa, level.ordinal()), (long) VALID << WORD, mask);
    }

    @Override
    public Results<Result> results() {
        return new Results.Closed<>(Result.class);
    }

    @Override
    public Leaf leaf(Machine machine, Actor actor) {
        Tdx tdx = Tdx.of(machine, actor);
        tdx.requireL1(actor, this);
        int vcpu = tdx.vcpus().of(actor);
        int page = tdx.options().width().isPrivate(SeptOperand.gpa(rcx)) ? tdx.sept().page(rcx) : 0;
        Leaf oneStep = (state, outputs) -> tdx.runs(state, actor)
                ? ENDINGS.code(write(tdx, state, vcpu, page, outputs))
                : Outcome.WAITS;
        int level = SeptOperand.level(rcx);
        boolean isValid = SeptOperand.isValid(rcx, 0, HIGHEST_LEVEL)
                && tdx.options().width().isPrivate(SeptOperand.gpa(rcx));
        return LeafInSteps.has(tdx, actor)
                ? LeafInSteps.ofGuest(
                        tdx, LeafLocks.TDG_MEM_PAGE_ATTR_WR, actor, isValid ? page : -1, level).of(oneStep)
                : oneStep;
    }

    /** What is refused of RCX, RDX and R8, whatever the entry. */
    private Result checkOperands(Tdx tdx, State state) {
        for (int vm = 0; vm < Long.SIZE / WORD; vm++) {
            int attributes = word(rdx, vm);
            boolean exists = vm > 0 && vm <= tdx.l2Vms(state);
            if (!exists && attributes != 0) {
                return Result.TDX_OPERAND_INVALID_RDX;
            }
            if (!exists && word(r8, vm) != 0) {
                return Result.TDX_OPERAND_INVALID_R8;
            }
            if (attributes != 0 && (attributes & VALID) == 0) {
                return Result.TDX_OPERAND_INVALID_RDX;
            }
        }
        return SeptOperand.isValid(rcx, 0, HIGHEST_LEVEL)
                && tdx.options().width().isPrivate(SeptOperand.gpa(rcx))
                        ? Result.TDX_SUCCESS
                        : Result.TDX_OPERAND_INVALID_RCX;
    }

    private static int word(long words, int vm) {
        return (int) (words >>> vm * WORD & WORD_MASK);
    }

    private Ending write(Tdx tdx, State state, int vcpu, int page, Outputs outputs) {
        Result operands = checkOperands(tdx, state);
        if (operands != Result.TDX_SUCCESS) {
            return operands;
        }
        int level = SeptOperand.level(rcx);
        Sept sept = tdx.sept();
        int reached = sept.reached(state, page, level);
        SeptState found = sept.state(state, page, reached);
        if (reached != level) {
            return violation(tdx, state, vcpu, page, level, reached, found);
        }
        if (tdx.isLocked(state, page, level)) {
            return Result.TDX_OPERAND_BUSY_RCX;
        }
        if (found.isTable()) {
            return level == 1 ? Result.TDX_PAGE_SIZE_MISMATCH_2M : Result.TDX_PAGE_SIZE_MISMATCH_1G;
        }
        if (found != SeptState.MAPPED && found != SeptState.PENDING) {
            return violation(tdx, state, vcpu, page, level, reached, found);
        }
        Result refused = check(tdx, state, page, level, outputs);
        if (refused != Result.TDX_SUCCESS) {
            return refused;
        }
        commit(tdx, state, vcpu, page, level, outputs);
        boolean pending = found == SeptState.PENDING;
        outputs.rcx(pending ? rcx | PENDING : rcx);
        return pending ? Result.TDX_SUCCESS_PENDING : Result.TDX_SUCCESS;
    }

    /** Source: tdg_mem_page_attr_wr.c (get_all_l2_sept_entries). */
    private Result check(Tdx tdx, State state, int page, int level, Outputs outputs) {
        Result refused = Result.TDX_SUCCESS;
        long now = 0;
        for (int vm = 1; vm <= tdx.l2Vms(state); vm++) {
            if (!isWritten(vm)) {
                continue;
            }
            int before = tdx.sept().attributes(state, page, level, vm);
            int after = after(before, vm);
            if (PageAttributes.isPresent(after) && !PageAttributes.isLegal(after)) {
                refused = Result.TDX_PAGE_ATTR_INVALID;
                now |= (before == 0 ? 0L : VALID | before) << vm * WORD;
            } else {
                now |= (isIgnored(before, after) ? word(rdx, vm) : VALID | (long) after) << vm * WORD;
                int end = tdx.sept().l2Reached(state, page, level, vm);
                if (before == 0 && PageAttributes.isPresent(after) && end != level) {
                    return Result.walkFailed(vm, end);
                }
            }
        }
        if (refused != Result.TDX_SUCCESS) {
            outputs.rdx(now);
        }
        return refused;
    }

    private void commit(Tdx tdx, State state, int vcpu, int page, int level, Outputs outputs) {
        long now = 0;
        for (int vm = 1; vm <= tdx.l2Vms(state); vm++) {
            if (isWritten(vm)) {
                int before = tdx.sept().attributes(state, page, level, vm);
                int after = after(before, vm);
                tdx.sept().permit(state, page, level, vm, after);
                long left = PageAttributes.isPresent(after) ? VALID | after : VALID;
                now |= (isIgnored(before, after) ? word(rdx, vm) : left) << vm * WORD;
            }
            if ((word(r8, vm) & INVEPT) != 0) {
                tdx.translations().flush(state, tdx.vps().cpu(state, vcpu), vm);
            }
        }
        outputs.rdx(now);
    }

    /**
     * Whether nothing is written, for want of an alias before and after; the VM's word is then told as it came, with
     * what its mask leaves out.
     */
    private static boolean isIgnored(int before, int after) {
        return before == 0 && !PageAttributes.isPresent(after);
    }

    private boolean isWritten(int vm) {
        return (word(rdx, vm) & VALID) != 0;
    }

    private int after(int before, int vm) {
        int mask = word(r8, vm) & ~INVEPT;
        return before & ~mask | word(rdx, vm) & mask;
    }

    private static Ending violation(
            Tdx tdx, State state, int vcpu, int page, int level, int reached, SeptState found) {
        tdx.vcpus().exit(state, vcpu, TdExitReason.ATTR_WR_EPT_VIOLATION, page, level, reached, found);
        return NoReturn.TD_EXIT;
    }

    @Override
    public String mnemonic() {
        return "TDG.MEM.PAGE.ATTR.WR";
    }
}
