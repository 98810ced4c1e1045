package org.ringfence.machine.tdx.seamcall;

import org.ringfence.machine.memory.Level;
import org.ringfence.machine.state.State;
import org.ringfence.machine.tdx.abi.Ending;
import org.ringfence.machine.tdx.abi.Endings;
import org.ringfence.machine.tdx.abi.ModuleStatus;
import org.ringfence.machine.tdx.abi.Outputs;
import org.ringfence.machine.tdx.abi.TdxStatus;
import org.ringfence.machine.tdx.module.ModuleLocks.Held;
import org.ringfence.machine.tdx.sept.SeptOperand;
import org.ringfence.machine.tdx.sept.SeptTable;
import org.ringfence.machine.tdx.td.TdLocks.Kind;
import org.ringfence.machine.tdx.td.Tdx;

/**
 * TDH.MEM.RANGE.BLOCK, SEAMCALL leaf 7: lets no new translation through an entry, a page's or a table's. A 2M accept
 * under way starts over when the page is unblocked. L2 aliases are blocked with it. Source: TDX module 1.5.01,
 * tdh_mem_range_block.c.
 *
 * @param td the TD, from 0
 * @param rcx the entry, of any level
 */
public record TdhMemRangeBlock(int td, long rcx) implements EntryCall<TdhMemRangeBlock.Result> {

    /** How TDH.MEM.RANGE.BLOCK ends. */
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
        /** Informs: bit 63 is 0. */
        TDX_GPA_RANGE_ALREADY_BLOCKED_RCX,
        TDX_EPT_ENTRY_STATE_INCORRECT_RCX
    }

    /** For the entry of {@code level} at {@code gpa} of TD 0. */
    public TdhMemRangeBlock(long gpa, Level level) {
        this(0, SeptOperand.rcx(gpa, level.ordinal()));
    }

    private static final Endings<Result> ENDINGS = Endings.of(Result.class);

    @Override
    public Endings<Result> endings() {
        return ENDINGS;
    }

    @Override
    public SeptRule rule() {
        return SeptRule.RANGE_BLOCK;
    }

    @Override
    public EntryLeaf bindAny(Tdx tdx, int lp) {
        return new Bound(
                tdx,
                lp,
                SeptWalk.of(tdx, rule()));
    }

    private record Bound(Tdx tdx, int lp, SeptWalk walk) implements EntryLeaf {
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
                return walk.stop(
                        state, page, level, outputs,
                        tdx.sept().state(state, page, level).isBlocked()
                                ? Result.TDX_GPA_RANGE_ALREADY_BLOCKED_RCX
                                : Result.TDX_EPT_ENTRY_STATE_INCORRECT_RCX);
            }
            SeptTable table = tdx.sept().table(level);
            int index = tdx.sept().index(page, level);
            table.state().set(state, index, table.state().get(state, index).blocked());
            table.accepted().set(state, index, 0);
            tdx.epochs().block(state, table, index);
            return Result.TDX_SUCCESS;
        }
    }

    @Override
    public String mnemonic() {
        return "TDH.MEM.RANGE.BLOCK";
    }
}
