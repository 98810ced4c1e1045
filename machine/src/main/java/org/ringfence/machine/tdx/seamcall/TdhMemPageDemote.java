package org.ringfence.machine.tdx.seamcall;

import org.ringfence.machine.memory.Level;
import org.ringfence.machine.operation.Frame;
import org.ringfence.machine.tdx.abi.ModuleStatus;
import org.ringfence.machine.tdx.abi.TdxGuard;
import org.ringfence.machine.tdx.sept.SeptOperand;
import org.ringfence.machine.tdx.td.Tdx;
import org.ringfence.machine.tdx.td.TdxFeature;
import org.ringfence.machine.tdx.td.Tracking;

/**
 * TDH.MEM.PAGE.DEMOTE, SEAMCALL leaf 15: splits a page that is blocked and tracked into those of the level below, which are not blocked. The table takes
 * a frame. Aliases are split with the page; where they have tables of their own, it is {@link TdhMemPageDemoteTables}. Source: TDX module 1.5.01,
 * tdh_mem_page_demote.c.
 *
 * @param td the TD, from 0
 * @param rcx the entry, of level 2M or 1G
 * @param frame R8, the frame of the new table
 */
public record TdhMemPageDemote(int td, long rcx, Frame frame) implements EntryCall<TdhMemPageDemote.Result> {

    /** How TDH.MEM.PAGE.DEMOTE ends. */
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
        TDX_OPERAND_INVALID_R8,
        TDX_OPERAND_ADDR_RANGE_ERROR_R8,
        TDX_OPERAND_BUSY_R8,
        TDX_PAGE_METADATA_INCORRECT_R8
    }

    /** For the entry of {@code level} at {@code gpa} of TD 0. */
    public TdhMemPageDemote(long gpa, Level level, Frame frame) {
        this(0, SeptOperand.rcx(gpa, level.ordinal()), frame);
    }

    @Override
    public SeptRule rule() {
        return SeptRule.PAGE_DEMOTE;
    }

    @Override
    public Class<Result> type() {
        return Result.class;
    }

    @Override
    public EntryWork work(Tdx tdx, int lp) {
        if (tdx.options().has(TdxFeature.L2_TABLES)) {
            throw new IllegalStateException(
                    this + ": where L2 VMs have tables of their own, R9 to R11 are pages for those");
        }
        return new DemoteWork(
                tdx,
                Tracking.of(tdx, TdxGuard.DEMOTE_ENTRY_IS_BLOCKED, TdxGuard.DEMOTE_BLOCK_IS_TRACKED),
                tdx.guards().checks(TdxGuard.DEMOTE_FRAME_IS_FREE));
    }

    @Override
    public String mnemonic() {
        return "TDH.MEM.PAGE.DEMOTE";
    }

    @Override
    public String toString() {
        return mnemonic() + Tdx.printed(td) + " " + SeptOperand.print(rcx) + " " + frame;
    }
}
