package org.ringfence.machine.tdx;

import org.ringfence.machine.memory.Level;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Outcome;
import org.ringfence.machine.operation.Results;
import org.ringfence.machine.operation.Step;
import org.ringfence.machine.state.State;
import org.ringfence.machine.tdx.abi.Completion;
import org.ringfence.machine.tdx.abi.ModuleStatus;
import org.ringfence.machine.tdx.abi.Registers;

/**
 * TDG.MEM.PAGE.ATTR.WR, TDCALL leaf 24: L1 grants a page to an L2 VM, or takes it back. Of the attributes only R and W are kept; a page that is
 * pending stays so, and its alias stays L2_BLOCKED until L1 accepts it. What is taken back is gone at once: stale translations, which INVEPT flushes,
 * come with the TLBs.
 *
 * <p>Where the page is not there the vCPU leaves for the host. Source: TDX module 1.5.01, tdg_mem_page_attr_wr.c.
 *
 * @param rcx the entry, of level 4K or 2M
 * @param rdx a word of attributes for each VM, L1's the lowest: bit 0 R, 1 W, 15 VALID
 * @param r8 a word of masks for each VM: which attributes to take from {@code rdx}; bit 15 asks for an INVEPT
 */
public record TdgMemPageAttrWr(long rcx, long rdx, long r8) implements SeptCall<TdgMemPageAttrWr.Result> {

    /** How TDG.MEM.PAGE.ATTR.WR ends. */
    public enum Result implements ModuleStatus {
        /** RCX is the operand, RDX the attributes as they are now. */
        TDX_SUCCESS,
        /** As SUCCESS, with bit 62 of RCX: the page is pending. */
        TDX_SUCCESS_PENDING,
        TDX_OPERAND_INVALID_RCX,
        TDX_OPERAND_INVALID_RDX,
        TDX_OPERAND_INVALID_R8,
        /** The host holds the lock of the entry. */
        TDX_OPERAND_BUSY_RCX,
        /** A 2M page was named, and there are 4K entries. */
        TDX_PAGE_SIZE_MISMATCH_2M,
        /** The attributes would not be legal together; RDX is what they are. */
        TDX_PAGE_ATTR_INVALID;

        @Override
        public Completion completion() {
            return Completion.named(this == TDX_SUCCESS_PENDING ? TDX_SUCCESS.name() : name());
        }

        @Override
        public String worded() {
            return this == TDX_SUCCESS_PENDING ? "TDX_SUCCESS, page pending" : completion().toString();
        }
    }

    private static final int WORD = 16;
    private static final long WORD_MASK = 0xFFFF;
    private static final int VALID = 0x8000;
    private static final int INVEPT = 0x8000;
    private static final int READ = 1;
    private static final int WRITE = 2;
    private static final int EXECUTE = 0xC;
    private static final int ALL_PERMISSIONS = 0xF;
    private static final int PAGING_WRITE_ACCESS = 0x20;
    private static final int SUPPRESS_VE_AND_RESERVED = 0x7F80;
    private static final int HIGHEST_LEVEL = 2;
    private static final long PENDING = 1L << 62;

    /** Lets L2 VM 1 have {@code access} to the page and no other, and invalidates its translations on this vCPU. */
    public static TdgMemPageAttrWr grant(long gpa, Level level, L2Access access) {
        long attributes = (long) (VALID | access.bits()) << WORD;
        return new TdgMemPageAttrWr(SeptOperand.rcx(gpa, level), attributes, (long) (INVEPT | ALL_PERMISSIONS) << WORD);
    }

    /** Takes the page from L2 VM 1, and invalidates its translations on this vCPU when {@code invept}. */
    public static TdgMemPageAttrWr revoke(long gpa, Level level, boolean invept) {
        long mask = (long) ((invept ? INVEPT : 0) | ALL_PERMISSIONS) << WORD;
        return new TdgMemPageAttrWr(SeptOperand.rcx(gpa, level), (long) VALID << WORD, mask);
    }

    @Override
    public Results<Result> results() {
        return new Results.Closed<>(Result.class);
    }

    @Override
    public Step on(Machine machine, Actor actor) {
        Tdx tdx = machine.part(Tdx.class);
        tdx.requireL1(actor, this);
        Result refused = refused(tdx);
        if (refused != Result.TDX_SUCCESS) {
            return state -> tdx.runs(state, actor) ? refused.ordinal() : Outcome.WAITS;
        }
        int page = tdx.page(rcx);
        Level level = SeptOperand.typed(rcx);
        return state -> tdx.runs(state, actor) ? write(tdx, state, actor.index(), page, level) : Outcome.WAITS;
    }

    private Result refused(Tdx tdx) {
        for (int vm = 0; vm < Long.SIZE / WORD; vm++) {
            long attributes = rdx >>> vm * WORD & WORD_MASK;
            boolean exists = vm == 1 && tdx.hasL2();
            if (!exists && attributes != 0) {
                return Result.TDX_OPERAND_INVALID_RDX;
            }
            if (!exists && (r8 >>> vm * WORD & WORD_MASK) != 0) {
                return Result.TDX_OPERAND_INVALID_R8;
            }
            if (attributes != 0 && (attributes & VALID) == 0) {
                return Result.TDX_OPERAND_INVALID_RDX;
            }
        }
        return SeptOperand.isValid(rcx, HIGHEST_LEVEL) ? Result.TDX_SUCCESS : Result.TDX_OPERAND_INVALID_RCX;
    }

    private long write(Tdx tdx, State state, int vcpu, int page, Level level) {
        Level reached = tdx.reached(state, page, level);
        SeptState found = tdx.state(state, page, reached);
        if (reached != level) {
            return violation(tdx, state, vcpu, page, level, reached, found);
        }
        if (tdx.isLocked(state, page, level)) {
            return Result.TDX_OPERAND_BUSY_RCX.ordinal();
        }
        return switch (found) {
            case NL_MAPPED, NL_BLOCKED -> Result.TDX_PAGE_SIZE_MISMATCH_2M.ordinal();
            case FREE, BLOCKED, PENDING_BLOCKED -> violation(tdx, state, vcpu, page, level, reached, found);
            case MAPPED, PENDING -> {
                if (isWritten()) {
                    int attributes = after(tdx, state, page, level);
                    if (!isLegal(attributes)) {
                        yield Result.TDX_PAGE_ATTR_INVALID.ordinal();
                    }
                    tdx.table(level).alias().set(state, tdx.index(page, level), access(attributes).ordinal());
                }
                yield (found == SeptState.PENDING ? Result.TDX_SUCCESS_PENDING : Result.TDX_SUCCESS).ordinal();
            }
        };
    }

    private static long violation(
            Tdx tdx, State state, int vcpu, int page, Level level, Level reached, SeptState found) {
        tdx.vcpus().exit(state, vcpu, ExitReason.ATTR_WR_EPT_VIOLATION, page, level, reached, found);
        return Outcome.EXITS;
    }

    private boolean isWritten() {
        return (rdx >>> WORD & VALID) != 0;
    }

    private int after(Tdx tdx, State state, int page, Level level) {
        int mask = (int) (r8 >>> WORD & WORD_MASK) & ~INVEPT;
        int now = tdx.table(level).access(state, tdx.index(page, level)).bits();
        return now & ~mask | (int) (rdx >>> WORD) & mask;
    }

    private static boolean isLegal(int attributes) {
        boolean present = (attributes & (READ | WRITE | EXECUTE)) != 0;
        boolean needsRead = (attributes & (WRITE | PAGING_WRITE_ACCESS)) != 0;
        return !present || (attributes & SUPPRESS_VE_AND_RESERVED) == 0 && (!needsRead || (attributes & READ) != 0);
    }

    private static L2Access access(int attributes) {
        return (attributes & WRITE) != 0
                ? L2Access.READ_WRITE
                : (attributes & READ) != 0 ? L2Access.READ : L2Access.NONE;
    }

    @Override
    public Registers registers(Machine machine, State before, long code) {
        Tdx tdx = machine.part(Tdx.class);
        Result result = Result.values()[(int) code];
        return switch (result) {
            case TDX_SUCCESS, TDX_SUCCESS_PENDING -> Registers.of(
                    0, result == Result.TDX_SUCCESS_PENDING ? rcx | PENDING : rcx, attributesAfter(tdx, before));
            case TDX_PAGE_ATTR_INVALID -> Registers.of(result.rax(), 0, current(tdx, before));
            case TDX_OPERAND_INVALID_RCX,
                    TDX_OPERAND_INVALID_RDX,
                    TDX_OPERAND_INVALID_R8,
                    TDX_OPERAND_BUSY_RCX,
                    TDX_PAGE_SIZE_MISMATCH_2M ->
                Registers.of(result.rax());
        };
    }

    private long attributesAfter(Tdx tdx, State before) {
        if (!isWritten()) {
            return 0;
        }
        int attributes = after(tdx, before, tdx.page(rcx), SeptOperand.typed(rcx));
        boolean present = (attributes & (READ | WRITE | EXECUTE)) != 0;
        return (long) (present ? VALID | attributes : VALID) << WORD;
    }

    private long current(Tdx tdx, State before) {
        Level level = SeptOperand.typed(rcx);
        L2Access access = tdx.table(level).access(before, tdx.index(tdx.page(rcx), level));
        return access == L2Access.NONE ? 0 : (long) (VALID | access.bits()) << WORD;
    }

    @Override
    public String mnemonic() {
        return "TDG.MEM.PAGE.ATTR.WR";
    }

    @Override
    public String toString() {
        return "%s %s RDX=0x%X R8=0x%X".formatted(mnemonic(), SeptOperand.print(rcx), rdx, r8);
    }
}
