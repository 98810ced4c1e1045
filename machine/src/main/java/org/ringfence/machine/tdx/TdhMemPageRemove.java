package org.ringfence.machine.tdx;

import org.ringfence.machine.memory.Level;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Results;
import org.ringfence.machine.operation.Step;
import org.ringfence.machine.state.State;
import org.ringfence.machine.tdx.abi.TdxGuard;

/**
 * TDH.MEM.PAGE.REMOVE, SEAMCALL leaf 29: takes a page away that is blocked and tracked, with its L2 aliases. What the frame holds stays, as the
 * TD's ciphertext. RCX is the frame's address on success. Source: TDX module 1.5.01, tdh_mem_page_remove.c.
 *
 * @param rcx the entry, of level 4K or 2M
 */
public record TdhMemPageRemove(long rcx) implements ModuleCall<TdhMemPageRemove.Result> {

    /** How TDH.MEM.PAGE.REMOVE ends. */
    public enum Result implements ModuleStatus {
        SUCCESS(TdxStatus.TDX_SUCCESS, 0),
        TD_FATAL(TdxStatus.TDX_TD_FATAL, 0),
        OPERAND_INVALID_RCX(TdxStatus.TDX_OPERAND_INVALID, OperandId.RCX),
        EPT_WALK_FAILED(TdxStatus.TDX_EPT_WALK_FAILED, OperandId.RCX),
        EPT_ENTRY_STATE_INCORRECT(TdxStatus.TDX_EPT_ENTRY_STATE_INCORRECT, OperandId.RCX),
        GPA_RANGE_NOT_BLOCKED(TdxStatus.TDX_GPA_RANGE_NOT_BLOCKED, OperandId.RCX),
        TLB_TRACKING_NOT_DONE(TdxStatus.TDX_TLB_TRACKING_NOT_DONE, OperandId.RCX);

        private final TdxStatus status;
        private final int details;

        Result(TdxStatus status, int details) {
            this.status = status;
            this.details = details;
        }

        @Override
        public TdxStatus status() {
            return status;
        }

        @Override
        public int details() {
            return details;
        }

        @Override
        public String toString() {
            return ModuleStatus.print(this);
        }
    }

    private static final int HIGHEST_LEVEL = 2;

    /** For the page of {@code level} at {@code gpa}. */
    public TdhMemPageRemove(long gpa, Level level) {
        this(SeptOperand.rcx(gpa, level));
    }

    @Override
    public Results<Result> results() {
        return new Results.Closed<>(Result.class);
    }

    @Override
    public Step on(Machine machine, Actor actor) {
        Tdx tdx = machine.part(Tdx.class);
        if (!SeptOperand.isValid(rcx, HIGHEST_LEVEL)) {
            return tdx.refusing(Result.TD_FATAL, Result.OPERAND_INVALID_RCX);
        }
        int page = tdx.page(rcx);
        Level level = tdx.builtLevel(rcx);
        return state -> {
            Result result = check(tdx, state, page, level);
            if (result == Result.SUCCESS) {
                commit(tdx, state, page, level);
            }
            return result.ordinal();
        };
    }

    static Result check(Tdx tdx, State state, int page, Level level) {
        if (tdx.refusesFatal(state)) {
            return Result.TD_FATAL;
        }
        if (tdx.reached(state, page, level) != level) {
            return Result.EPT_WALK_FAILED;
        }
        SeptState found = tdx.state(state, page, level);
        if (!found.isLeaf()) {
            return Result.EPT_ENTRY_STATE_INCORRECT;
        }
        if (!found.isBlocked() && tdx.guards().checks(TdxGuard.REMOVE_ENTRY_IS_BLOCKED)) {
            return Result.GPA_RANGE_NOT_BLOCKED;
        }
        return tdx.epochs().isTracked(state, tdx.table(level), tdx.index(page, level))
                || !tdx.guards().checks(TdxGuard.REMOVE_BLOCK_IS_TRACKED)
                        ? Result.SUCCESS
                        : Result.TLB_TRACKING_NOT_DONE;
    }

    static void commit(Tdx tdx, State state, int page, Level level) {
        SeptTable table = tdx.table(level);
        int index = tdx.index(page, level);
        tdx.register(state, table.frame().get(state, index), table.span(), false);
        table.free(state, index);
    }

    @Override
    public Registers registers(Machine machine, State before, long code) {
        Tdx tdx = machine.part(Tdx.class);
        Result result = Result.values()[(int) code];
        if (result != Result.SUCCESS) {
            return tdx.registers(before, result, rcx);
        }
        Level level = tdx.builtLevel(rcx);
        int frame = tdx.table(level).frame().get(before, tdx.index(tdx.page(rcx), level));
        return new Registers(result.rax(), tdx.hpa(frame), 0);
    }

    @Override
    public String mnemonic() {
        return "TDH.MEM.PAGE.REMOVE";
    }

    @Override
    public String toString() {
        return mnemonic() + " " + SeptOperand.print(rcx);
    }
}
