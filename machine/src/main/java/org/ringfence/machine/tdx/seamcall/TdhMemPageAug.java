package org.ringfence.machine.tdx.seamcall;

import org.ringfence.machine.memory.Level;
import org.ringfence.machine.operation.Frame;
import org.ringfence.machine.state.State;
import org.ringfence.machine.tdx.abi.Ending;
import org.ringfence.machine.tdx.abi.Endings;
import org.ringfence.machine.tdx.abi.ModuleStatus;
import org.ringfence.machine.tdx.abi.Outputs;
import org.ringfence.machine.tdx.abi.TdxGuard;
import org.ringfence.machine.tdx.abi.TdxStatus;
import org.ringfence.machine.tdx.module.ModuleLocks.Held;
import org.ringfence.machine.tdx.sept.SeptOperand;
import org.ringfence.machine.tdx.sept.SeptState;
import org.ringfence.machine.tdx.td.FreePage;
import org.ringfence.machine.tdx.td.TdLocks.Kind;
import org.ringfence.machine.tdx.td.Tdx;

/**
 * TDH.MEM.PAGE.AUG, SEAMCALL leaf 6: gives a running TD a page, PENDING until the TD accepts it. The frame's contents
 * stay as they are. Source: TDX module 1.5.01, tdh_mem_page_aug.c.
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
        TDX_PAGE_METADATA_INCORRECT_R8,
        TDX_MISSING_PAMT_PAGE_PAIR_R8
    }

    /** For the entry of {@code level} at {@code gpa} of TD 0. */
    public TdhMemPageAug(long gpa, Level level, Frame frame) {
        this(0, SeptOperand.rcx(gpa, level.ordinal()), frame);
    }

    private static final Endings<Result> ENDINGS = Endings.of(Result.class);

    @Override
    public Endings<Result> endings() {
        return ENDINGS;
    }

    @Override
    public SeptRule rule() {
        return SeptRule.PAGE_AUG;
    }

    @Override
    public int framesGiven(Tdx tdx, int level) {
        return tdx.sept().span(level);
    }

    @Override
    public Bound bindAny(Tdx tdx, int lp) {
        return new Bound(
                tdx,
                lp,
                SeptWalk.of(tdx, rule()),
                FreePage.of(
                        tdx, lp, TdxGuard.AUG_FRAME_IS_FREE,
                        Result.TDX_OPERAND_INVALID_R8, Result.TDX_OPERAND_ADDR_RANGE_ERROR_R8,
                        Result.TDX_OPERAND_BUSY_R8, Result.TDX_PAGE_METADATA_INCORRECT_R8,
                        Result.TDX_MISSING_PAMT_PAGE_PAIR_R8));
    }

    /** The leaf for every page, in two parts. */
    public record Bound(Tdx tdx, int lp, SeptWalk walk, FreePage r8) implements EntryLeaf {
        @Override
        public Ending perform(State state, int page, int level, int frame, Outputs outputs) {
            Ending refused = admit(state);
            return refused == TdxStatus.TDX_SUCCESS ? augment(state, page, level, frame, outputs) : refused;
        }

        /** What the leaf checks of the TD before it looks at its operands; giving a page changes none of that. */
        public Ending admit(State state) {
            Ending refused = tdx.admission().lockTdr(
                    state, lp, Held.SHARED, Result.TDX_OPERAND_INVALID_RDX, Result.TDX_OPERAND_BUSY_RDX);
            if (refused != TdxStatus.TDX_SUCCESS) {
                return refused;
            }
            return tdx.admission().checkTd(state, walk.opStates(), Result.TDX_OPERAND_BUSY_OP_STATE);
        }

        /** The rest of the leaf. */
        public Ending augment(State state, int page, int level, int frame, Outputs outputs) {
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
            Ending refused = r8.lock(state, frame, level, tdx.sept().span(level));
            if (refused != TdxStatus.TDX_SUCCESS) {
                return refused;
            }
            tdx.put(state, page, level, SeptState.PENDING, frame);
            return Result.TDX_SUCCESS;
        }
    }

    @Override
    public String mnemonic() {
        return "TDH.MEM.PAGE.AUG";
    }
}
