package org.ringfence.machine.tdx.seamcall;

import org.ringfence.machine.memory.Level;
import org.ringfence.machine.operation.Frame;
import org.ringfence.machine.state.State;
import org.ringfence.machine.tdx.abi.ModuleStatus;
import org.ringfence.machine.tdx.abi.Outputs;
import org.ringfence.machine.tdx.abi.TdxGuard;
import org.ringfence.machine.tdx.module.PageType;
import org.ringfence.machine.tdx.sept.SeptOperand;
import org.ringfence.machine.tdx.sept.SeptState;
import org.ringfence.machine.tdx.sept.SeptTable;
import org.ringfence.machine.tdx.td.Refusal;
import org.ringfence.machine.tdx.td.Tdx;

/**
 * TDH.MEM.SEPT.ADD, SEAMCALL leaf 3: version 0: adds a table of FREE entries under an entry that is FREE. Source:
 * TDX module 1.5.01, tdh_mem_sept_add.c.
 *
 * @param td the TD, from 0
 * @param rcx the entry of the table, of level 2M or above
 * @param frame R8, the frame of the new table
 */
public record TdhMemSeptAdd(int td, long rcx, Frame frame) implements EntryCall<TdhMemSeptAdd.Result> {

    /** How TDH.MEM.SEPT.ADD ends. */
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
    public TdhMemSeptAdd(long gpa, Level level, Frame frame) {
        this(0, SeptOperand.rcx(gpa, level.ordinal()), frame);
    }

    @Override
    public SeptRule rule() {
        return SeptRule.SEPT_ADD;
    }

    @Override
    public Class<Result> type() {
        return Result.class;
    }

    @Override
    public EntryWork work(Tdx tdx, int lp) {
        return new Work(
                tdx,
                tdx.guards().checks(TdxGuard.SEPT_ADD_ENTRY_IS_FREE),
                tdx.guards().checks(TdxGuard.SEPT_ADD_FRAME_IS_FREE));
    }

    private record Work(Tdx tdx, boolean checksFree, boolean checksFrame) implements EntryWork {
        @Override
        public int frames(int level) {
            return 1;
        }

        @Override
        public Refusal check(State state, int page, int level) {
            return tdx.sept().state(state, page, level) == SeptState.FREE || !checksFree
                    ? Refusal.TDX_SUCCESS
                    : Refusal.TDX_EPT_ENTRY_STATE_INCORRECT_RCX;
        }

        @Override
        public void commit(State state, int page, int level, int frame, Outputs outputs) {
            SeptTable table = tdx.sept().table(level);
            table.map(state, tdx.sept().index(page, level), SeptState.NL_MAPPED, frame);
            tdx.root().take(state, frame, 0, PageType.PT_EPT);
        }
    }

    @Override
    public String mnemonic() {
        return "TDH.MEM.SEPT.ADD";
    }

    @Override
    public String toString() {
        return mnemonic() + Tdx.printed(td) + " " + SeptOperand.print(rcx) + " " + frame;
    }
}
