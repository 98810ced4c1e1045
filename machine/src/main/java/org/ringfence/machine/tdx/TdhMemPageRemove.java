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
 * TDH.MEM.PAGE.REMOVE, SEAMCALL leaf 29: takes a page away that is blocked and tracked, with its L2 aliases. What the frame holds stays, as the
 * TD's ciphertext. RCX is the frame's address on success. Source: TDX module 1.5.01, tdh_mem_page_remove.c.
 *
 * @param rcx the entry, of level 4K or 2M
 */
public record TdhMemPageRemove(long rcx) implements SeptCall<TdhMemPageRemove.Result> {

    /** How TDH.MEM.PAGE.REMOVE ends. */
    public enum Result implements ModuleStatus {
        TDX_SUCCESS,
        TDX_TD_FATAL,
        TDX_OPERAND_INVALID_RCX,
        TDX_EPT_WALK_FAILED_RCX,
        TDX_EPT_ENTRY_STATE_INCORRECT_RCX,
        TDX_GPA_RANGE_NOT_BLOCKED_RCX,
        TDX_TLB_TRACKING_NOT_DONE_RCX
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
        if (!found.isLeaf()) {
            return Result.TDX_EPT_ENTRY_STATE_INCORRECT_RCX;
        }
        if (!found.isBlocked() && tdx.guards().checks(TdxGuard.REMOVE_ENTRY_IS_BLOCKED)) {
            return Result.TDX_GPA_RANGE_NOT_BLOCKED_RCX;
        }
        return tdx.epochs().isTracked(state, tdx.table(level), tdx.index(page, level))
                || !tdx.guards().checks(TdxGuard.REMOVE_BLOCK_IS_TRACKED)
                        ? Result.TDX_SUCCESS
                        : Result.TDX_TLB_TRACKING_NOT_DONE_RCX;
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
        if (result != Result.TDX_SUCCESS) {
            return tdx.registers(before, result, rcx);
        }
        Level level = tdx.builtLevel(rcx);
        int frame = tdx.table(level).frame().get(before, tdx.index(tdx.page(rcx), level));
        return Registers.of(result.rax(), tdx.hpa(frame), 0);
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
