package org.ringfence.machine.tdx.seamcall;

import org.ringfence.machine.memory.Level;
import org.ringfence.machine.operation.Frame;
import org.ringfence.machine.state.State;
import org.ringfence.machine.tdx.abi.ModuleStatus;
import org.ringfence.machine.tdx.abi.Outputs;
import org.ringfence.machine.tdx.abi.TdxGuard;
import org.ringfence.machine.tdx.sept.Sept;
import org.ringfence.machine.tdx.sept.SeptOperand;
import org.ringfence.machine.tdx.sept.SeptState;
import org.ringfence.machine.tdx.td.Refusal;
import org.ringfence.machine.tdx.td.Tdx;

/**
 * TDH.MEM.PAGE.AUG, SEAMCALL leaf 6: gives a running TD a page, PENDING until the TD accepts it. The frame's contents stay as they are. Source:
 * TDX module 1.5.01, tdh_mem_page_aug.c.
 *
 * @param td the TD, from 0
 * @param rcx the entry, of level 4K or 2M
 * @param frame R8, the first 4K frame of the page
 */
public record TdhMemPageAug(int td, long rcx, Frame frame) implements EntryCall<TdhMemPageAug.Result> {

    /** How TDH.MEM.PAGE.AUG ends. */
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
        TDX_OPERAND_INVALID_R8,
        TDX_OPERAND_ADDR_RANGE_ERROR_R8,
        TDX_OPERAND_BUSY_R8,
        TDX_PAGE_METADATA_INCORRECT_R8
    }

    /** For the entry of {@code level} at {@code gpa} of TD 0. */
    public TdhMemPageAug(long gpa, Level level, Frame frame) {
        this(0, SeptOperand.rcx(gpa, level.ordinal()), frame);
    }

    @Override
    public SeptRule rule() {
        return SeptRule.PAGE_AUG;
    }

    @Override
    public Class<Result> type() {
        return Result.class;
    }

    @Override
    public EntryWork work(Tdx tdx, int lp) {
        return new Work(tdx, tdx.sept(), tdx.guards().checks(TdxGuard.AUG_FRAME_IS_FREE));
    }

    private record Work(Tdx tdx, Sept sept, boolean checksFrame) implements EntryWork {
        @Override
        public int frames(int level) {
            return sept.table(level).span();
        }

        @Override
        public Refusal check(State state, int page, int level) {
            return Refusal.TDX_SUCCESS;
        }

        @Override
        public void commit(State state, int page, int level, int frame, Outputs outputs) {
            tdx.put(state, page, level, SeptState.PENDING, frame);
        }
    }

    @Override
    public String mnemonic() {
        return "TDH.MEM.PAGE.AUG";
    }

    @Override
    public String toString() {
        return mnemonic() + Tdx.printed(td) + " " + SeptOperand.print(rcx) + " " + frame;
    }
}
