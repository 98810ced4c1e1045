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
import org.ringfence.machine.tdx.td.FreePage;
import org.ringfence.machine.tdx.td.Tdcs;
import org.ringfence.machine.tdx.td.Tdx;

/**
 * TDH.MEM.PAGE.ADD, SEAMCALL leaf 2: gives a TD that does not run yet a page with contents, copied under its key from
 * another frame, and measures its address. The page is MAPPED. Source: TDX module 1.5.01, tdh_mem_page_add.c.
 *
 * @param td the TD, from 0
 * @param rcx the entry, of level 4K
 * @param frame R8, where the page shall lie
 * @param source R9, what it shall hold
 */
public record TdhMemPageAdd(int td, long rcx, Frame frame, Frame source) implements EntryCall<TdhMemPageAdd.Result> {

    /** How TDH.MEM.PAGE.ADD ends. */
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
        TDX_OP_STATE_INCORRECT,
        TDX_OPERAND_INVALID_RCX,
        TDX_EPT_WALK_FAILED_RCX,
        TDX_EPT_ENTRY_STATE_INCORRECT_RCX,
        TDX_OPERAND_INVALID_R8,
        TDX_OPERAND_ADDR_RANGE_ERROR_R8,
        TDX_OPERAND_BUSY_R8,
        TDX_PAGE_METADATA_INCORRECT_R8,
        TDX_MISSING_PAMT_PAGE_PAIR_R8,
        TDX_OPERAND_INVALID_R9
    }

    /** For the entry of {@code level} at {@code gpa} of TD 0. */
    public TdhMemPageAdd(long gpa, Level level, Frame frame, Frame source) {
        this(0, SeptOperand.rcx(gpa, level.ordinal()), frame, source);
    }

    private static final Endings<Result> ENDINGS = Endings.of(Result.class);

    @Override
    public Endings<Result> endings() {
        return ENDINGS;
    }

    @Override
    public SeptRule rule() {
        return SeptRule.PAGE_ADD;
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
                source.index(),
                FreePage.of(
                        tdx, lp, TdxGuard.PAGE_ADD_FRAME_IS_FREE,
                        Result.TDX_OPERAND_INVALID_R8, Result.TDX_OPERAND_ADDR_RANGE_ERROR_R8,
                        Result.TDX_OPERAND_BUSY_R8, Result.TDX_PAGE_METADATA_INCORRECT_R8,
                        Result.TDX_MISSING_PAMT_PAGE_PAIR_R8));
    }

    private record Bound(Tdx tdx, int lp, SeptWalk walk, int source, FreePage r8) implements EntryLeaf {
        @Override
        public Ending perform(State state, int page, int level, int frame, Outputs outputs) {
            Ending refused = tdx.admission().lockTdr(
                    state, lp, Held.EXCLUSIVE, Result.TDX_OPERAND_INVALID_RDX, Result.TDX_OPERAND_BUSY_RDX);
            if (refused != TdxStatus.TDX_SUCCESS) {
                return refused;
            }
            refused = tdx.admission().checkTd(state, walk.opStates());
            if (refused != TdxStatus.TDX_SUCCESS) {
                return refused;
            }
            if (page == INVALID) {
                return Result.TDX_OPERAND_INVALID_RCX;
            }
            if (!walk.reaches(state, page, level)) {
                return walk.stop(state, page, level, outputs, Result.TDX_EPT_WALK_FAILED_RCX);
            }
            if (!walk.allows(state, page, level)) {
                return walk.stop(state, page, level, outputs, Result.TDX_EPT_ENTRY_STATE_INCORRECT_RCX);
            }
            if (source < 0) {
                return Result.TDX_OPERAND_INVALID_R9;
            }
            refused = r8.lock(state, frame, 0, 1);
            if (refused != TdxStatus.TDX_SUCCESS) {
                return refused;
            }
            tdx.fill(state, lp, frame, tdx.access().readShared(state, source));
            tdx.put(state, page, level, SeptState.MAPPED, frame);
            tdx.control().measure(state, Tdcs.Measured.PAGE_ADD, tdx.geometry().gpa(page), 0);
            return tdx.root().comesBack(state, lp) ? Result.TDX_SUCCESS : NoReturn.MACHINE_CHECK;
        }
    }

    @Override
    public String mnemonic() {
        return "TDH.MEM.PAGE.ADD";
    }
}
