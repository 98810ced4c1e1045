package org.ringfence.machine.tdx;

import org.ringfence.machine.memory.Level;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Frame;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Results;
import org.ringfence.machine.operation.Step;
import org.ringfence.machine.state.State;
import org.ringfence.machine.tdx.abi.ModuleStatus;
import org.ringfence.machine.tdx.abi.Registers;
import org.ringfence.machine.tdx.abi.TdxGuard;

/**
 * TDH.MEM.PAGE.AUG, SEAMCALL leaf 6: gives a running TD a page, PENDING until the TD accepts it. The frame's contents stay as they are. Source:
 * TDX module 1.5.01, tdh_mem_page_aug.c.
 *
 * @param rcx the entry, of level 4K or 2M
 * @param frame R8, the first 4K frame of the page
 */
public record TdhMemPageAug(long rcx, Frame frame) implements SeptCall<TdhMemPageAug.Result> {

    /** How TDH.MEM.PAGE.AUG ends. */
    public enum Result implements ModuleStatus {
        TDX_SUCCESS,
        TDX_TD_FATAL,
        TDX_OPERAND_INVALID_RCX,
        TDX_EPT_WALK_FAILED_RCX,
        TDX_EPT_ENTRY_STATE_INCORRECT_RCX,
        TDX_OPERAND_INVALID_R8,
        TDX_PAGE_METADATA_INCORRECT_R8
    }

    /** For the page of {@code level} at {@code gpa}. */
    public TdhMemPageAug(long gpa, Level level, Frame frame) {
        this(SeptOperand.rcx(gpa, level), frame);
    }

    @Override
    public Results<Result> results() {
        return new Results.Closed<>(Result.class);
    }

    @Override
    public Step on(Machine machine, Actor actor) {
        Tdx tdx = machine.part(Tdx.class);
        if (!SeptOperand.isValid(rcx, Level.SIZE_2M.ordinal())) {
            return tdx.refusing(Result.TDX_TD_FATAL, Result.TDX_OPERAND_INVALID_RCX);
        }
        int page = tdx.page(rcx);
        Level level = SeptOperand.typed(rcx);
        return state -> {
            Result result = check(tdx, state, page, level, frame.index());
            if (result == Result.TDX_SUCCESS) {
                commit(tdx, state, page, level, frame.index());
            }
            return result.ordinal();
        };
    }

    static Result check(Tdx tdx, State state, int page, Level level, int frame) {
        if (tdx.refusesFatal(state)) {
            return Result.TDX_TD_FATAL;
        }
        if (tdx.reached(state, page, level) != level) {
            return Result.TDX_EPT_WALK_FAILED_RCX;
        }
        if (tdx.state(state, page, level) != SeptState.FREE && tdx.guards().checks(TdxGuard.AUG_ENTRY_IS_FREE)) {
            return Result.TDX_EPT_ENTRY_STATE_INCORRECT_RCX;
        }
        if (level == Level.SIZE_2M && !tdx.geometry().isLargeAligned(frame)) {
            return Result.TDX_OPERAND_INVALID_R8;
        }
        return tdx.isFree(state, frame, level) || !tdx.guards().checks(TdxGuard.AUG_FRAME_IS_FREE)
                ? Result.TDX_SUCCESS
                : Result.TDX_PAGE_METADATA_INCORRECT_R8;
    }

    static void commit(Tdx tdx, State state, int page, Level level, int frame) {
        tdx.table(level).map(state, tdx.index(page, level), SeptState.PENDING, frame);
        tdx.register(state, frame, tdx.geometry().span(level), true);
    }

    @Override
    public Registers registers(Machine machine, State before, long code) {
        return machine.part(Tdx.class).registers(before, Result.values()[(int) code], rcx);
    }

    @Override
    public String mnemonic() {
        return "TDH.MEM.PAGE.AUG";
    }

    @Override
    public String toString() {
        return mnemonic() + " " + SeptOperand.print(rcx) + " " + frame;
    }
}
