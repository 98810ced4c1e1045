package org.ringfence.machine.tdx.seamcall;

import org.ringfence.machine.memory.Level;
import org.ringfence.machine.state.State;
import org.ringfence.machine.tdx.abi.ModuleStatus;
import org.ringfence.machine.tdx.abi.Outputs;
import org.ringfence.machine.tdx.sept.SeptOperand;
import org.ringfence.machine.tdx.sept.SeptTable;
import org.ringfence.machine.tdx.td.Refusal;
import org.ringfence.machine.tdx.td.Tdx;

/**
 * TDH.MEM.RANGE.BLOCK, SEAMCALL leaf 7: lets no new translation through an entry, a page's or a table's. A 2M accept under way starts over
 * when the page is unblocked. L2 aliases are blocked with it. Source:
 * TDX module 1.5.01, tdh_mem_range_block.c.
 *
 * @param td the TD, from 0
 * @param rcx the entry, of any level
 */
public record TdhMemRangeBlock(int td, long rcx) implements EntryCall<TdhMemRangeBlock.Result> {

    /** How TDH.MEM.RANGE.BLOCK ends. */
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
        /** Informs: bit 63 is 0. */
        TDX_GPA_RANGE_ALREADY_BLOCKED_RCX,
        TDX_EPT_ENTRY_STATE_INCORRECT_RCX
    }

    /** For the entry of {@code level} at {@code gpa} of TD 0. */
    public TdhMemRangeBlock(long gpa, Level level) {
        this(0, SeptOperand.rcx(gpa, level.ordinal()));
    }

    @Override
    public SeptRule rule() {
        return SeptRule.RANGE_BLOCK;
    }

    @Override
    public Class<Result> type() {
        return Result.class;
    }

    @Override
    public EntryWork work(Tdx tdx, int lp) {
        return new Work(tdx);
    }

    private record Work(Tdx tdx) implements EntryWork {
        @Override
        public Refusal check(State state, int page, int level) {
            return Refusal.TDX_SUCCESS;
        }

        @Override
        public void commit(State state, int page, int level, int frame, Outputs outputs) {
            SeptTable table = tdx.sept().table(level);
            int index = tdx.sept().index(page, level);
            table.state().set(state, index, table.state().get(state, index).blocked());
            table.accepted().set(state, index, 0);
            tdx.epochs().block(state, table, index);
        }
    }

    @Override
    public String mnemonic() {
        return "TDH.MEM.RANGE.BLOCK";
    }

    @Override
    public String toString() {
        return mnemonic() + Tdx.printed(td) + " " + SeptOperand.print(rcx);
    }
}
