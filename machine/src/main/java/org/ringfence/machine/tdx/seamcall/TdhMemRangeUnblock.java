package org.ringfence.machine.tdx.seamcall;

import org.ringfence.machine.memory.Level;
import org.ringfence.machine.state.State;
import org.ringfence.machine.tdx.abi.ModuleStatus;
import org.ringfence.machine.tdx.abi.Outputs;
import org.ringfence.machine.tdx.abi.TdxGuard;
import org.ringfence.machine.tdx.sept.SeptOperand;
import org.ringfence.machine.tdx.sept.SeptTable;
import org.ringfence.machine.tdx.td.Epochs;
import org.ringfence.machine.tdx.td.Refusal;
import org.ringfence.machine.tdx.td.Tdx;

/**
 * TDH.MEM.RANGE.UNBLOCK, SEAMCALL leaf 39: undoes {@link TdhMemRangeBlock}, once the block has been tracked. L2 aliases of a page that is
 * not pending are unblocked with it. Source:
 * TDX module 1.5.01, tdh_mem_range_unblock.c.
 *
 * @param td the TD, from 0
 * @param rcx the entry, of any level
 */
public record TdhMemRangeUnblock(int td, long rcx) implements EntryCall<TdhMemRangeUnblock.Result> {

    /** How TDH.MEM.RANGE.UNBLOCK ends. */
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
        TDX_TLB_TRACKING_NOT_DONE_SEPT_TREE
    }

    /** For the entry of {@code level} at {@code gpa} of TD 0. */
    public TdhMemRangeUnblock(long gpa, Level level) {
        this(0, SeptOperand.rcx(gpa, level.ordinal()));
    }

    @Override
    public SeptRule rule() {
        return SeptRule.RANGE_UNBLOCK;
    }

    @Override
    public Class<Result> type() {
        return Result.class;
    }

    @Override
    public EntryWork work(Tdx tdx, int lp) {
        return new Work(tdx, tdx.guards().checks(TdxGuard.UNBLOCK_BLOCK_IS_TRACKED));
    }

    private record Work(Tdx tdx, boolean checksTracked) implements EntryWork {
        @Override
        public Refusal check(State state, int page, int level) {
            return !checksTracked
                    || !tdx.control().opState(state).tracksTlbs()
                    || tdx.epochs().isTracked(state, page, level)
                            ? Refusal.TDX_SUCCESS
                            : Refusal.TDX_TLB_TRACKING_NOT_DONE_SEPT_TREE;
        }

        @Override
        public void commit(State state, int page, int level, int frame, Outputs outputs) {
            SeptTable table = tdx.sept().table(level);
            int index = tdx.sept().index(page, level);
            table.state().set(state, index, table.state().get(state, index).unblocked());
            table.age().set(state, index, Epochs.TRACKED);
        }
    }

    @Override
    public String mnemonic() {
        return "TDH.MEM.RANGE.UNBLOCK";
    }

    @Override
    public String toString() {
        return mnemonic() + Tdx.printed(td) + " " + SeptOperand.print(rcx);
    }
}
