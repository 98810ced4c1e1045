package org.ringfence.machine.tdx.seamcall;

import org.ringfence.machine.memory.Level;
import org.ringfence.machine.tdx.abi.ModuleStatus;
import org.ringfence.machine.tdx.abi.TdxGuard;
import org.ringfence.machine.tdx.sept.SeptOperand;
import org.ringfence.machine.tdx.td.Tdx;
import org.ringfence.machine.tdx.td.Tracking;

/**
 * TDH.MEM.PAGE.PROMOTE, SEAMCALL leaf 23: joins the pages of a table that is blocked and tracked, where they lie side by side and are all mapped or
 * all pending, to one of the level above. RCX is the address of the table's frame on success, and R9 to R11 are
 * those of the tables of L2 VMs, in version 1. Source:
 * TDX module 1.5.01, tdh_mem_page_promote.c.
 *
 * @param td the TD, from 0
 * @param rcx the entry of the table, of level 2M or 1G
 */
public record TdhMemPagePromote(int td, long rcx) implements EntryCall<TdhMemPagePromote.Result> {

    /** How TDH.MEM.PAGE.PROMOTE ends. */
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
        TDX_EPT_INVALID_PROMOTE_CONDITIONS_RCX
    }

    /** For the entry of {@code level} at {@code gpa} of TD 0. */
    public TdhMemPagePromote(long gpa, Level level) {
        this(0, SeptOperand.rcx(gpa, level.ordinal()));
    }

    @Override
    public SeptRule rule() {
        return SeptRule.PAGE_PROMOTE;
    }

    @Override
    public Class<Result> type() {
        return Result.class;
    }

    @Override
    public EntryWork work(Tdx tdx, int lp) {
        return new PromoteWork(
                tdx,
                Tracking.of(tdx, TdxGuard.PROMOTE_ENTRY_IS_BLOCKED, TdxGuard.PROMOTE_BLOCK_IS_TRACKED),
                tdx.guards().checks(TdxGuard.PROMOTE_PAGES_ARE_ALIKE));
    }

    @Override
    public String mnemonic() {
        return "TDH.MEM.PAGE.PROMOTE";
    }

    @Override
    public String toString() {
        return mnemonic() + Tdx.printed(td) + " " + SeptOperand.print(rcx);
    }
}
