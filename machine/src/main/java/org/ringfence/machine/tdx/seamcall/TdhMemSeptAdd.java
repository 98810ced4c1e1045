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
import org.ringfence.machine.tdx.module.PageType;
import org.ringfence.machine.tdx.sept.SeptOperand;
import org.ringfence.machine.tdx.sept.SeptState;
import org.ringfence.machine.tdx.td.FreePage;
import org.ringfence.machine.tdx.td.TdLocks.Kind;
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
        TDX_PAGE_METADATA_INCORRECT_R8,
        TDX_MISSING_PAMT_PAGE_PAIR_R8
    }

    /** For the entry of {@code level} at {@code gpa} of TD 0. */
    public TdhMemSeptAdd(long gpa, Level level, Frame frame) {
        this(0, SeptOperand.rcx(gpa, level.ordinal()), frame);
    }

    private static final Endings<Result> ENDINGS = Endings.of(Result.class);

    @Override
    public Endings<Result> endings() {
        return ENDINGS;
    }

    @Override
    public SeptRule rule() {
        return SeptRule.SEPT_ADD;
    }

    @Override
    public int framesGiven(Tdx tdx, int level) {
        return 1;
    }

    @Override
    public EntryLeaf bindAny(Tdx tdx, int lp) {
        return bind(tdx, lp, false, false);
    }

    /**
     * It with any operands.
     *
     * @param isNullPa R8 is {@link TablesCall#NULL_PA}: a table must be there, and version 0 takes that for an error
     * @param allowsExisting RDX bit 0: whether a table that is there already is passed over
     */
    static EntryLeaf bind(Tdx tdx, int lp, boolean isNullPa, boolean allowsExisting) {
        return new Bound(
                tdx,
                lp,
                SeptWalk.of(tdx, SeptRule.SEPT_ADD),
                isNullPa,
                allowsExisting,
                tdx.guards().checks(TdxGuard.SEPT_ADD_ENTRY_IS_FREE),
                FreePage.of(
                        tdx, lp, TdxGuard.SEPT_ADD_FRAME_IS_FREE,
                        Result.TDX_OPERAND_INVALID_R8, Result.TDX_OPERAND_ADDR_RANGE_ERROR_R8,
                        Result.TDX_OPERAND_BUSY_R8, Result.TDX_PAGE_METADATA_INCORRECT_R8,
                        Result.TDX_MISSING_PAMT_PAGE_PAIR_R8));
    }

    private record Bound(
            Tdx tdx, int lp, SeptWalk walk, boolean isNullPa, boolean allowsExisting, boolean checksFree, FreePage r8)
            implements
                EntryLeaf {
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
            if (isNullPa) {
                return Result.TDX_OPERAND_INVALID_R8;
            }
            if (checksFree && tdx.sept().state(state, page, level) != SeptState.FREE) {
                return allowsExisting ? Result.TDX_SUCCESS
                        : walk.stop(state, page, level, outputs, Result.TDX_EPT_ENTRY_STATE_INCORRECT_RCX);
            }
            refused = r8.lock(state, frame, 0, 1);
            if (refused != TdxStatus.TDX_SUCCESS) {
                return refused;
            }
            tdx.sept().add(state, page, level, frame);
            tdx.root().take(state, frame, 0, PageType.PT_EPT);
            return Result.TDX_SUCCESS;
        }
    }

    @Override
    public String mnemonic() {
        return "TDH.MEM.SEPT.ADD";
    }
}
