package org.ringfence.machine.tdx.seamcall;

import org.ringfence.machine.memory.Level;
import org.ringfence.machine.state.State;
import org.ringfence.machine.tdx.abi.ModuleStatus;
import org.ringfence.machine.tdx.abi.Outputs;
import org.ringfence.machine.tdx.abi.TdxGuard;
import org.ringfence.machine.tdx.sept.Sept;
import org.ringfence.machine.tdx.sept.SeptOperand;
import org.ringfence.machine.tdx.sept.SeptState;
import org.ringfence.machine.tdx.sept.SeptTable;
import org.ringfence.machine.tdx.td.Refusal;
import org.ringfence.machine.tdx.td.Tdx;
import org.ringfence.machine.tdx.td.Tracking;

/**
 * TDH.MEM.SEPT.REMOVE, SEAMCALL leaf 30: takes a table away that is blocked and tracked and has no entries, with the L2 tables beside it, of which R9 to R11 tell
 * in version 1. Source:
 * TDX module 1.5.01, tdh_mem_sept_remove.c.
 *
 * @param td the TD, from 0
 * @param rcx the entry, of level 2M or above
 */
public record TdhMemSeptRemove(int td, long rcx) implements EntryCall<TdhMemSeptRemove.Result> {

    /** How TDH.MEM.SEPT.REMOVE ends. */
    public enum Result implements ModuleStatus {
        TDX_SUCCESS,
        TDX_SEAMCALL_VMFAILINVALID,
        TDX_SYS_SHUTDOWN,
        TDX_SYS_NOT_READY,
        TDX_OPERAND_INVALID_RDX,
        TDX_OPERAND_BUSY_RDX,
        TDX_TD_FATAL,
        TDX_TD_KEYS_NOT_CONFIGURED,
        TDX_TDCS_NOT_ALLOCATED,
        TDX_OPERAND_BUSY_OP_STATE,
        TDX_OP_STATE_INCORRECT,
        TDX_OPERAND_INVALID_RCX,
        TDX_OPERAND_BUSY_SEPT_TREE,
        TDX_EPT_WALK_FAILED_RCX,
        TDX_OPERAND_BUSY_RCX,
        TDX_EPT_ENTRY_STATE_INCORRECT_RCX,
        TDX_GPA_RANGE_NOT_BLOCKED_RCX,
        TDX_TLB_TRACKING_NOT_DONE_RCX,
        TDX_EPT_PAGE_NOT_FREE_RCX
    }

    /** For the entry of {@code level} at {@code gpa} of TD 0. */
    public TdhMemSeptRemove(long gpa, Level level) {
        this(0, SeptOperand.rcx(gpa, level.ordinal()));
    }

    @Override
    public SeptRule rule() {
        return SeptRule.SEPT_REMOVE;
    }

    @Override
    public Class<Result> type() {
        return Result.class;
    }

    @Override
    public EntryWork work(Tdx tdx, int lp) {
        return new Work(
                tdx,
                tdx.sept(),
                Tracking.of(tdx, TdxGuard.SEPT_REMOVE_ENTRY_IS_BLOCKED, TdxGuard.SEPT_REMOVE_BLOCK_IS_TRACKED),
                tdx.guards().checks(TdxGuard.SEPT_REMOVE_TABLE_IS_EMPTY));
    }

    private record Work(Tdx tdx, Sept sept, Tracking tracking, boolean checksEmpty) implements EntryWork {
        @Override
        public Refusal check(State state, int page, int level) {
            Refusal refused = tracking.check(state, page, level);
            if (refused != Refusal.TDX_SUCCESS || !checksEmpty) {
                return refused;
            }
            SeptTable below = sept.table(level - 1);
            for (int child = sept.firstChild(page, level); child < sept.endOfChildren(page, level); child++) {
                if (!below.state().is(state, child, SeptState.FREE)) {
                    return Refusal.TDX_EPT_PAGE_NOT_FREE_RCX;
                }
            }
            return Refusal.TDX_SUCCESS;
        }

        @Override
        public void commit(State state, int page, int level, int frame, Outputs outputs) {
            SeptTable table = sept.table(level);
            int index = sept.index(page, level);
            outputs.rcx(tdx.hpa(table.frame().get(state, index)));
            tdx.giveBack(state, table.frame().get(state, index), 0);
            TablePages.takeBack(tdx, state, table.l2Tables(), index, outputs);
            table.free(state, index);
        }
    }

    @Override
    public String mnemonic() {
        return "TDH.MEM.SEPT.REMOVE";
    }

    @Override
    public String toString() {
        return mnemonic() + Tdx.printed(td) + " " + SeptOperand.print(rcx);
    }
}
