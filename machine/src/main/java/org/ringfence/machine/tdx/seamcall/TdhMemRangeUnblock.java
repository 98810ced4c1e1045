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
import org.ringfence.machine.tdx.td.Epochs;
import org.ringfence.machine.tdx.td.TdLocks.Kind;
import org.ringfence.machine.tdx.td.Tdx;

/**
 * TDH.MEM.RANGE.UNBLOCK, SEAMCALL leaf 39: undoes {@link TdhMemRangeBlock}, once the block has been tracked. L2 aliases
 * of a page that is not pending are unblocked with it. Source: TDX module 1.5.01, tdh_mem_range_unblock.c.
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

    private static final Endings<Result> ENDINGS = Endings.of(Result.class);

    @Override
    public Endings<Result> endings() {
        return ENDINGS;
    }

    @Override
    public SeptRule rule() {
        return SeptRule.RANGE_UNBLOCK;
    }

    @Override
    public EntryLeaf bindAny(Tdx tdx, int lp) {
        return new Bound(
                tdx,
                lp,
                SeptWalk.of(tdx, rule()),
                tdx.guards().checks(TdxGuard.UNBLOCK_BLOCK_IS_TRACKED));
    }

    private record Bound(Tdx tdx, int lp, SeptWalk walk, boolean checksTracked) implements EntryLeaf {
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
            if (checksTracked
                    && tdx.control().opState(state).tracksTlbs()
                    && !tdx.epochs().isTracked(state, page, level)) {
                return Result.TDX_TLB_TRACKING_NOT_DONE_SEPT_TREE;
            }
            SeptTable table = tdx.sept().table(level);
            int index = tdx.sept().index(page, level);
            table.state().set(state, index, table.state().get(state, index).unblocked());
            table.age().set(state, index, Epochs.TRACKED);
            return Result.TDX_SUCCESS;
        }
    }

    @Override
    public String mnemonic() {
        return "TDH.MEM.RANGE.UNBLOCK";
    }
}
