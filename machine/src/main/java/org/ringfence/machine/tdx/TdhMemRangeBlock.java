package org.ringfence.machine.tdx;

import org.ringfence.machine.memory.Level;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Results;
import org.ringfence.machine.operation.Step;
import org.ringfence.machine.state.State;
import org.ringfence.machine.tdx.abi.ModuleStatus;
import org.ringfence.machine.tdx.abi.Registers;

/**
 * TDH.MEM.RANGE.BLOCK, SEAMCALL leaf 7: lets no new translation through an entry, a page's or a table's. A 2M accept under way starts over when the
 * page is unblocked. Source: TDX module 1.5.01, tdh_mem_range_block.c.
 *
 * @param rcx the entry, of level 4K or 2M
 */
public record TdhMemRangeBlock(long rcx) implements SeptCall<TdhMemRangeBlock.Result> {

    /** How TDH.MEM.RANGE.BLOCK ends. */
    public enum Result implements ModuleStatus {
        TDX_SUCCESS,
        TDX_TD_FATAL,
        TDX_OPERAND_INVALID_RCX,
        TDX_EPT_WALK_FAILED_RCX,
        /** Informs: bit 63 is 0. */
        TDX_GPA_RANGE_ALREADY_BLOCKED_RCX,
        TDX_EPT_ENTRY_STATE_INCORRECT_RCX
    }

    /** For the entry of {@code level} at {@code gpa}. */
    public TdhMemRangeBlock(long gpa, Level level) {
        this(SeptOperand.rcx(gpa, level));
    }

    @Override
    public Results<Result> results() {
        return new Results.Closed<>(Result.class);
    }

    @Override
    public Step on(Machine machine, Actor actor) {
        Tdx tdx = machine.part(Tdx.class);
        if (!SeptOperand.isValid(rcx, SeptOperand.HIGHEST)) {
            return tdx.refusing(Result.TDX_TD_FATAL, Result.TDX_OPERAND_INVALID_RCX);
        }
        int page = tdx.page(rcx);
        Level level = tdx.builtLevel(rcx);
        return state -> {
            Result result = check(tdx, state, page, level);
            if (result == Result.TDX_SUCCESS) {
                commit(tdx, state, page, level);
            }
            return result.ordinal();
        };
    }

    static Result check(Tdx tdx, State state, int page, Level level) {
        if (tdx.refusesFatal(state)) {
            return Result.TDX_TD_FATAL;
        }
        if (tdx.reached(state, page, level) != level) {
            return Result.TDX_EPT_WALK_FAILED_RCX;
        }
        SeptState found = tdx.state(state, page, level);
        if (found.isBlocked()) {
            return Result.TDX_GPA_RANGE_ALREADY_BLOCKED_RCX;
        }
        return found == SeptState.FREE ? Result.TDX_EPT_ENTRY_STATE_INCORRECT_RCX : Result.TDX_SUCCESS;
    }

    static void commit(Tdx tdx, State state, int page, Level level) {
        SeptTable table = tdx.table(level);
        int index = tdx.index(page, level);
        table.state().set(state, index, table.state().get(state, index).blocked());
        table.accepted().set(state, index, 0);
        tdx.epochs().block(state, table, index);
    }

    @Override
    public Registers registers(Machine machine, State before, long code) {
        return machine.part(Tdx.class).registers(before, Result.values()[(int) code], rcx);
    }

    @Override
    public String mnemonic() {
        return "TDH.MEM.RANGE.BLOCK";
    }

    @Override
    public String toString() {
        return mnemonic() + " " + SeptOperand.print(rcx);
    }
}
