package org.ringfence.machine.tdx;

import org.ringfence.machine.memory.Level;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Results;
import org.ringfence.machine.operation.Step;
import org.ringfence.machine.state.State;
import org.ringfence.machine.tdx.abi.ModuleStatus;
import org.ringfence.machine.tdx.abi.Registers;
import org.ringfence.machine.tdx.abi.TdxGuard;

/**
 * TDH.MEM.RANGE.UNBLOCK, SEAMCALL leaf 39: undoes {@link TdhMemRangeBlock}, once the block has been tracked. Source: TDX module 1.5.01,
 * tdh_mem_range_unblock.c.
 *
 * @param rcx the entry, of level 4K or 2M
 */
public record TdhMemRangeUnblock(long rcx) implements SeptCall<TdhMemRangeUnblock.Result> {

    /** How TDH.MEM.RANGE.UNBLOCK ends. */
    public enum Result implements ModuleStatus {
        TDX_SUCCESS,
        TDX_TD_FATAL,
        TDX_OPERAND_INVALID_RCX,
        TDX_EPT_WALK_FAILED_RCX,
        TDX_EPT_ENTRY_STATE_INCORRECT_RCX,
        TDX_TLB_TRACKING_NOT_DONE_SEPT_TREE
    }

    /** For the entry of {@code level} at {@code gpa}. */
    public TdhMemRangeUnblock(long gpa, Level level) {
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
        if (!tdx.state(state, page, level).isBlocked()) {
            return Result.TDX_EPT_ENTRY_STATE_INCORRECT_RCX;
        }
        return tdx.epochs().isTracked(state, tdx.table(level), tdx.index(page, level))
                || !tdx.guards().checks(TdxGuard.UNBLOCK_BLOCK_IS_TRACKED)
                        ? Result.TDX_SUCCESS
                        : Result.TDX_TLB_TRACKING_NOT_DONE_SEPT_TREE;
    }

    static void commit(Tdx tdx, State state, int page, Level level) {
        SeptTable table = tdx.table(level);
        int index = tdx.index(page, level);
        table.state().set(state, index, table.state().get(state, index).unblocked());
    }

    @Override
    public Registers registers(Machine machine, State before, long code) {
        return machine.part(Tdx.class).registers(before, Result.values()[(int) code], rcx);
    }

    @Override
    public String mnemonic() {
        return "TDH.MEM.RANGE.UNBLOCK";
    }

    @Override
    public String toString() {
        return mnemonic() + " " + SeptOperand.print(rcx);
    }
}
