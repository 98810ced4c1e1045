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
import org.ringfence.machine.tdx.sept.Sept;
import org.ringfence.machine.tdx.sept.SeptOperand;
import org.ringfence.machine.tdx.sept.SeptState;
import org.ringfence.machine.tdx.sept.SeptTable;
import org.ringfence.machine.tdx.td.TdLocks.Kind;
import org.ringfence.machine.tdx.td.Tdx;
import org.ringfence.machine.tdx.td.TlbTracking;

/**
 * TDH.MEM.SEPT.REMOVE, SEAMCALL leaf 30: takes a table away that is blocked and tracked and has no entries, with the L2
 * tables beside it, of which R9 to R11 tell in version 1. Source: TDX module 1.5.01, tdh_mem_sept_remove.c.
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

    private static final Endings<Result> ENDINGS = Endings.of(Result.class);

    @Override
    public Endings<Result> endings() {
        return ENDINGS;
    }

    @Override
    public SeptRule rule() {
        return SeptRule.SEPT_REMOVE;
    }

    @Override
    public EntryLeaf bindAny(Tdx tdx, int lp) {
        return new Bound(
                tdx,
                lp,
                SeptWalk.of(tdx, rule()),
                TlbTracking.of(tdx, TdxGuard.SEPT_REMOVE_ENTRY_IS_BLOCKED, TdxGuard.SEPT_REMOVE_BLOCK_IS_TRACKED),
                tdx.guards().checks(TdxGuard.SEPT_REMOVE_TABLE_IS_EMPTY));
    }

    private record Bound(Tdx tdx, int lp, SeptWalk walk, TlbTracking tracking,
            boolean checksEmpty) implements EntryLeaf {
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
            if (tdx.locks().isBusy(state, Kind.SEPT_TREE, Held.EXCLUSIVE)) {
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
            SeptTable table = tdx.sept().table(level);
            int index = tdx.sept().index(page, level);
            int removed = table.frame().get(state, index);
            if (tdx.root().isHeld(state, removed, 0)) {
                return Result.TDX_OPERAND_BUSY_RCX;
            }
            if (tracking.needsBlock(state, page, level)) {
                return walk.stop(state, page, level, outputs, Result.TDX_GPA_RANGE_NOT_BLOCKED_RCX);
            }
            if (tracking.needsTrack(state, page, level)) {
                return Result.TDX_TLB_TRACKING_NOT_DONE_RCX;
            }
            if (checksEmpty && !isEmpty(state, page, level)) {
                return walk.stop(state, page, level, outputs, Result.TDX_EPT_PAGE_NOT_FREE_RCX);
            }
            if (TablePages.isAnyHeld(tdx, state, table.l2Tables(), index)) {
                return Result.TDX_OPERAND_BUSY_RCX;
            }
            tdx.giveBack(state, removed, 0);
            outputs.rcx(tdx.hpa(removed) | tdx.root().removalHint(state, removed, 0));
            TablePages.takeBack(tdx, state, table.l2Tables(), index, outputs);
            table.free(state, index);
            return Result.TDX_SUCCESS;
        }

        private boolean isEmpty(State state, int page, int level) {
            Sept sept = tdx.sept();
            for (int child = sept.firstChild(page, level); child < sept.endOfChildren(page, level); child++) {
                if (!sept.table(level - 1).state().is(state, child, SeptState.FREE)) {
                    return false;
                }
            }
            return true;
        }
    }

    @Override
    public String mnemonic() {
        return "TDH.MEM.SEPT.REMOVE";
    }
}
