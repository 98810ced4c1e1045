package org.ringfence.machine.tdx.seamcall;

import org.ringfence.machine.memory.Level;
import org.ringfence.machine.state.State;
import org.ringfence.machine.tdx.abi.Ending;
import org.ringfence.machine.tdx.abi.Endings;
import org.ringfence.machine.tdx.abi.ModuleStatus;
import org.ringfence.machine.tdx.abi.Outputs;
import org.ringfence.machine.tdx.abi.TdxGuard;
import org.ringfence.machine.tdx.abi.TdxStatus;
import org.ringfence.machine.tdx.module.ModuleLocks.Held;
import org.ringfence.machine.tdx.sept.SeptOperand;
import org.ringfence.machine.tdx.sept.SeptTable;
import org.ringfence.machine.tdx.td.TdLocks.Kind;
import org.ringfence.machine.tdx.td.Tdx;
import org.ringfence.machine.tdx.td.TlbTracking;

/**
 * TDH.MEM.PAGE.REMOVE, SEAMCALL leaf 29: takes a page away that is blocked and tracked, with its L2 aliases. What the
 * frame holds stays, as the TD's ciphertext, and what caches hold of it too. RCX is the frame's address on success.
 * Source: TDX module 1.5.01, tdh_mem_page_remove.c.
 *
 * @param td the TD, from 0
 * @param rcx the entry, of level 4K, 2M or 1G
 */
public record TdhMemPageRemove(int td, long rcx) implements EntryCall<TdhMemPageRemove.Result> {

    /** How TDH.MEM.PAGE.REMOVE ends. */
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
        TDX_TLB_TRACKING_NOT_DONE_RCX
    }

    /** For the entry of {@code level} at {@code gpa} of TD 0. */
    public TdhMemPageRemove(long gpa, Level level) {
        this(0, SeptOperand.rcx(gpa, level.ordinal()));
    }

    private static final Endings<Result> ENDINGS = Endings.of(Result.class);

    @Override
    public Endings<Result> endings() {
        return ENDINGS;
    }

    @Override
    public SeptRule rule() {
        return SeptRule.PAGE_REMOVE;
    }

    @Override
    public EntryLeaf bindAny(Tdx tdx, int lp) {
        return new Bound(
                tdx,
                lp,
                SeptWalk.of(tdx, rule()),
                TlbTracking.of(tdx, TdxGuard.REMOVE_ENTRY_IS_BLOCKED, TdxGuard.REMOVE_BLOCK_IS_TRACKED));
    }

    private record Bound(Tdx tdx, int lp, SeptWalk walk, TlbTracking tracking) implements EntryLeaf {
        @Override
        public Ending perform(State state, int page, int level, int frame, Outputs outputs) {
            Ending refused = tdx.admission().lockTdr(
                    state, lp, Held.SHARED, Result.TDX_OPERAND_INVALID_RDX, Result.TDX_OPERAND_BUSY_RDX);
            if (refused != TdxStatus.TDX_SUCCESS) {
                return refused;
            }
            refused = tdx.admission().checkTd(state, walk.opStates(), Result.TDX_OPERAND_BUSY_OP_STATE);
            if (refused != TdxStatus.TDX_SUCCESS) {
                return refused;
            }
            if (page == INVALID) {
                return Result.TDX_OPERAND_INVALID_RCX;
            }
            if (tdx.locks().isBusy(state, Kind.SEPT_TREE, Held.SHARED)) {
                return Result.TDX_OPERAND_BUSY_SEPT_TREE;
            }
            if (!walk.reaches(state, page, level)) {
                return walk.stop(state, page, level, outputs, Result.TDX_EPT_WALK_FAILED_RCX);
            }
            if (!walk.lock(state, page, level)) {
                return walk.stop(state, page, level, outputs, Result.TDX_OPERAND_BUSY_RCX);
            }
            if (!walk.allows(state, page, level)) {
                return walk.stop(state, page, level, outputs, Result.TDX_EPT_ENTRY_STATE_INCORRECT_RCX);
            }
            int removed = tdx.sept().table(level).frame().get(state, tdx.sept().index(page, level));
            if (tdx.root().isHeld(state, removed, level)) {
                return Result.TDX_OPERAND_BUSY_RCX;
            }
            if (tracking.needsBlock(state, page, level)) {
                return walk.stopWithoutCounter(state, page, level, outputs, Result.TDX_GPA_RANGE_NOT_BLOCKED_RCX);
            }
            if (tracking.needsTrack(state, page, level)) {
                return Result.TDX_TLB_TRACKING_NOT_DONE_RCX;
            }
            SeptTable table = tdx.sept().table(level);
            int index = tdx.sept().index(page, level);
            tdx.giveBack(state, removed, level);
            outputs.rcx(tdx.hpa(removed) | tdx.root().removalHint(state, removed, level));
            table.free(state, index);
            return Result.TDX_SUCCESS;
        }
    }

    @Override
    public String mnemonic() {
        return "TDH.MEM.PAGE.REMOVE";
    }
}
