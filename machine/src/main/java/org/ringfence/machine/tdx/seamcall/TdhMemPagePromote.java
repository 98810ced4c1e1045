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
 * TDH.MEM.PAGE.PROMOTE, SEAMCALL leaf 23: joins the pages of a table that is blocked and tracked, where they lie side
 * by side and are all mapped or all pending, to one of the level above. RCX is the address of the table's frame on
 * success, and R9 to R11 are those of the tables of L2 VMs, in version 1; where PAMT is dynamic, R12 and R13 are the
 * PAMT pages that are needed no more. Source: TDX module 1.5.01 and commit 1666adc, tdh_mem_page_promote.c.
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

    private static final Endings<Result> ENDINGS = Endings.of(Result.class);

    @Override
    public Endings<Result> endings() {
        return ENDINGS;
    }

    @Override
    public SeptRule rule() {
        return SeptRule.PAGE_PROMOTE;
    }

    @Override
    public EntryLeaf bindAny(Tdx tdx, int lp) {
        return new Bound(
                tdx,
                lp,
                SeptWalk.of(tdx, rule()),
                TlbTracking.of(tdx, TdxGuard.PROMOTE_ENTRY_IS_BLOCKED, TdxGuard.PROMOTE_BLOCK_IS_TRACKED),
                tdx.guards().checks(TdxGuard.PROMOTE_PAGES_ARE_ALIKE));
    }

    private record Bound(Tdx tdx, int lp, SeptWalk walk, TlbTracking tracking,
            boolean checksAlike) implements EntryLeaf {
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
            Sept sept = tdx.sept();
            SeptTable table = sept.table(level);
            int index = sept.index(page, level);
            int merged = table.frame().get(state, index);
            if (tdx.root().isHeld(state, merged, 0)) {
                return Result.TDX_OPERAND_BUSY_RCX;
            }
            if (tracking.needsBlock(state, page, level)) {
                return walk.stop(state, page, level, outputs, Result.TDX_GPA_RANGE_NOT_BLOCKED_RCX);
            }
            if (tracking.needsTrack(state, page, level)) {
                return Result.TDX_TLB_TRACKING_NOT_DONE_RCX;
            }
            SeptTable below = sept.table(level - 1);
            int first = sept.firstChild(page, level);
            int end = sept.endOfChildren(page, level);
            for (int child = first; child < end; child++) {
                if (!SeptWalk.lock(state, below, child)) {
                    return walk.stop(state, page, level, outputs, Result.TDX_OPERAND_BUSY_RCX);
                }
                if ((checksAlike || child == first) && !fits(state, below, first, child, sept.table(level).span())) {
                    return walk.stop(
                            state, page, level, outputs, Result.TDX_EPT_INVALID_PROMOTE_CONDITIONS_RCX);
                }
            }
            SeptState leaf = below.state().get(state, first);
            int head = below.frame().get(state, first);
            int aliases = below.aliases().get(state, first);
            if (TablePages.isAnyHeld(tdx, state, table.l2Tables(), index) || tdx.root().isHeld(state, head, level)) {
                return Result.TDX_OPERAND_BUSY_RCX;
            }
            boolean hasPamt = tdx.root().takesPamt(state, level);
            if (hasPamt) {
                outputs.r12(tdx.hpa(tdx.root().pamtPage(state, head, false)));
                outputs.r13(tdx.hpa(tdx.root().pamtPage(state, head, true)));
            }
            TablePages.takeBack(tdx, state, table.l2Tables(), index, outputs);
            for (int child = first; child < end; child++) {
                below.free(state, child);
            }
            tdx.root().join(state, head, level);
            if (hasPamt) {
                tdx.root().removePamt(state, head);
            }
            tdx.giveBack(state, merged, 0);
            outputs.rcx(tdx.hpa(merged) | tdx.root().removalHint(state, merged, 0));
            table.free(state, index);
            table.map(state, index, leaf, head);
            table.aliases().set(state, index, aliases);
            return Result.TDX_SUCCESS;
        }

        /** Whether the child is mapped or pending as the first is, lies where it must, and has the same L2 aliases. */
        private static boolean fits(State state, SeptTable below, int first, int child, int span) {
            SeptState found = below.state().get(state, child);
            int head = below.frame().get(state, first);
            return (found == SeptState.MAPPED || found == SeptState.PENDING)
                    && head % span == 0
                    && below.state().is(state, first, found)
                    && below.frame().get(state, child) == head + (child - first) * below.span()
                    && below.aliases().get(state, child) == below.aliases().get(state, first);
        }
    }

    @Override
    public String mnemonic() {
        return "TDH.MEM.PAGE.PROMOTE";
    }
}
