package org.ringfence.machine.tdx.seamcall;

import org.ringfence.machine.memory.Level;
import org.ringfence.machine.operation.Frame;
import org.ringfence.machine.state.State;
import org.ringfence.machine.tdx.abi.Ending;
import org.ringfence.machine.tdx.abi.Endings;
import org.ringfence.machine.tdx.abi.ModuleStatus;
import org.ringfence.machine.tdx.abi.NoReturn;
import org.ringfence.machine.tdx.abi.Outputs;
import org.ringfence.machine.tdx.abi.TdxGuard;
import org.ringfence.machine.tdx.abi.TdxStatus;
import org.ringfence.machine.tdx.module.ModuleLocks.Held;
import org.ringfence.machine.tdx.sept.SeptOperand;
import org.ringfence.machine.tdx.sept.SeptState;
import org.ringfence.machine.tdx.sept.SeptTable;
import org.ringfence.machine.tdx.td.Epochs;
import org.ringfence.machine.tdx.td.FreePage;
import org.ringfence.machine.tdx.td.TdLocks.Kind;
import org.ringfence.machine.tdx.td.Tdx;
import org.ringfence.machine.tdx.td.TlbTracking;

/**
 * TDH.MEM.PAGE.RELOCATE, SEAMCALL leaf 5: moves a page that is blocked and tracked to another frame, its contents with
 * it unless it is pending, and unblocks it. RCX is the old frame's address on success. Source: TDX module 1.5.01,
 * tdh_mem_page_relocate.c.
 *
 * @param td the TD, from 0
 * @param rcx the entry, of level 4K
 * @param frame R8, another frame
 */
public record TdhMemPageRelocate(int td, long rcx, Frame frame) implements EntryCall<TdhMemPageRelocate.Result> {

    /** How TDH.MEM.PAGE.RELOCATE ends. */
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
        TDX_PAGE_METADATA_INCORRECT_R8,
        TDX_MISSING_PAMT_PAGE_PAIR_R8
    }

    /** For the entry of {@code level} at {@code gpa} of TD 0. */
    public TdhMemPageRelocate(long gpa, Level level, Frame frame) {
        this(0, SeptOperand.rcx(gpa, level.ordinal()), frame);
    }

    private static final Endings<Result> ENDINGS = Endings.of(Result.class);

    @Override
    public Endings<Result> endings() {
        return ENDINGS;
    }

    @Override
    public SeptRule rule() {
        return SeptRule.PAGE_RELOCATE;
    }

    @Override
    public int framesGiven(Tdx tdx, int level) {
        return 1;
    }

    @Override
    public EntryLeaf bindAny(Tdx tdx, int lp) {
        return new Bound(
                tdx,
                lp,
                SeptWalk.of(tdx, rule()),
                TlbTracking.of(tdx, TdxGuard.RELOCATE_ENTRY_IS_BLOCKED, TdxGuard.RELOCATE_BLOCK_IS_TRACKED),
                FreePage.of(
                        tdx, lp, TdxGuard.RELOCATE_FRAME_IS_FREE,
                        Result.TDX_OPERAND_INVALID_R8, Result.TDX_OPERAND_ADDR_RANGE_ERROR_R8,
                        Result.TDX_OPERAND_BUSY_R8, Result.TDX_PAGE_METADATA_INCORRECT_R8,
                        Result.TDX_MISSING_PAMT_PAGE_PAIR_R8));
    }

    private record Bound(Tdx tdx, int lp, SeptWalk walk, TlbTracking tracking, FreePage r8) implements EntryLeaf {
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
            int old = tdx.sept().frame(state, page, level);
            if (old == frame) {
                return Result.TDX_OPERAND_INVALID_R8;
            }
            if (tdx.root().isHeld(state, old, level)) {
                return Result.TDX_OPERAND_BUSY_RCX;
            }
            if (tracking.needsBlock(state, page, level)) {
                return walk.stop(state, page, level, outputs, Result.TDX_GPA_RANGE_NOT_BLOCKED_RCX);
            }
            if (tracking.needsTrack(state, page, level)) {
                return Result.TDX_TLB_TRACKING_NOT_DONE_RCX;
            }
            refused = r8.lock(state, frame, 0, 1);
            if (refused != TdxStatus.TDX_SUCCESS) {
                return refused;
            }
            SeptTable table = tdx.sept().table(level);
            int index = tdx.sept().index(page, level);
            SeptState found = table.state().get(state, index);
            if (!found.isPending()) {
                tdx.copyPage(state, lp, old, frame);
            }
            tdx.giveBack(state, old, 0);
            tdx.put(state, page, level, found.unblocked(), frame);
            outputs.rcx(tdx.hpa(old) | tdx.root().removalHint(state, old, 0));
            table.age().set(state, index, Epochs.TRACKED);
            return tdx.root().comesBack(state, lp) ? Result.TDX_SUCCESS : NoReturn.MACHINE_CHECK;
        }
    }

    @Override
    public String mnemonic() {
        return "TDH.MEM.PAGE.RELOCATE";
    }
}
