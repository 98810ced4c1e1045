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
import org.ringfence.machine.tdx.sept.Sept;
import org.ringfence.machine.tdx.sept.SeptOperand;
import org.ringfence.machine.tdx.sept.SeptState;
import org.ringfence.machine.tdx.sept.SeptTable;
import org.ringfence.machine.tdx.td.FreePage;
import org.ringfence.machine.tdx.td.TdLocks.Kind;
import org.ringfence.machine.tdx.td.Tdx;
import org.ringfence.machine.tdx.td.TdxFeature;
import org.ringfence.machine.tdx.td.TlbTracking;

/**
 * TDH.MEM.PAGE.DEMOTE, SEAMCALL leaf 15: splits a page that is blocked and tracked into those of the level below, which
 * are not blocked. The table takes a frame. Aliases are split with the page; where they have tables of their own, it is
 * {@link TdhMemPageDemoteTables}, and where PAMT is dynamic {@link TdhMemPageDemoteWithPamt}: without PAMT pages a page
 * of 2M is refused there. Source: TDX module 1.5.01, tdh_mem_page_demote.c.
 *
 * @param td the TD, from 0
 * @param rcx the entry, of level 2M or 1G
 * @param frame R8, the frame of the new table
 */
public record TdhMemPageDemote(int td, long rcx, Frame frame) implements EntryCall<TdhMemPageDemote.Result> {

    /** How TDH.MEM.PAGE.DEMOTE ends. */
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
        TDX_MISSING_PAMT_PAGE_PAIR_R8,
        TDX_OPERAND_INVALID_R12
    }

    /** For the entry of {@code level} at {@code gpa} of TD 0. */
    public TdhMemPageDemote(long gpa, Level level, Frame frame) {
        this(0, SeptOperand.rcx(gpa, level.ordinal()), frame);
    }

    private static final Endings<Result> ENDINGS = Endings.of(Result.class);

    @Override
    public Endings<Result> endings() {
        return ENDINGS;
    }

    @Override
    public SeptRule rule() {
        return SeptRule.PAGE_DEMOTE;
    }

    @Override
    public int framesGiven(Tdx tdx, int level) {
        return 1;
    }

    @Override
    public EntryLeaf bindAny(Tdx tdx, int lp) {
        if (tdx.options().has(TdxFeature.L2_TABLES)) {
            throw new IllegalStateException(
                    this + ": where L2 VMs have tables of their own, R9 to R11 are pages for those");
        }
        return bind(tdx, lp, rule());
    }

    static Bound bind(Tdx tdx, int lp, SeptRule rule) {
        return new Bound(
                tdx,
                lp,
                SeptWalk.of(tdx, rule),
                TlbTracking.of(tdx, TdxGuard.DEMOTE_ENTRY_IS_BLOCKED, TdxGuard.DEMOTE_BLOCK_IS_TRACKED),
                FreePage.of(
                        tdx, lp, TdxGuard.DEMOTE_FRAME_IS_FREE,
                        Result.TDX_OPERAND_INVALID_R8, Result.TDX_OPERAND_ADDR_RANGE_ERROR_R8,
                        Result.TDX_OPERAND_BUSY_R8, Result.TDX_PAGE_METADATA_INCORRECT_R8,
                        Result.TDX_MISSING_PAMT_PAGE_PAIR_R8));
    }

    /** The leaf for any entry and page. */
    record Bound(Tdx tdx, int lp, SeptWalk walk, TlbTracking tracking, FreePage r8) implements EntryLeaf {
        @Override
        public Ending perform(State state, int page, int level, int frame, Outputs outputs) {
            Ending refused = check(state, page, level, frame, outputs);
            if (refused != TdxStatus.TDX_SUCCESS) {
                return refused;
            }
            if (tdx.root().takesPamt(state, level)) {
                return Result.TDX_OPERAND_INVALID_R12;
            }
            split(tdx, state, page, level, frame);
            return Result.TDX_SUCCESS;
        }

        /** What it checks up to the lock of the page's PAMT entry. */
        Ending check(State state, int page, int level, int frame, Outputs outputs) {
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
            if (tracking.needsBlock(state, page, level)) {
                return walk.stopWithoutCounter(state, page, level, outputs, Result.TDX_GPA_RANGE_NOT_BLOCKED_RCX);
            }
            if (tracking.needsTrack(state, page, level)) {
                return Result.TDX_TLB_TRACKING_NOT_DONE_RCX;
            }
            refused = r8.lock(state, frame, 0, 1);
            if (refused != TdxStatus.TDX_SUCCESS) {
                return refused;
            }
            return isHeld(tdx, state, page, level) ? Result.TDX_OPERAND_BUSY_RCX : TdxStatus.TDX_SUCCESS;
        }
    }

    /** Whether another leaf holds the lock of the page. Source: pamt_manager.c (pamt_demote). */
    static boolean isHeld(Tdx tdx, State state, int page, int level) {
        return tdx.root().isHeld(
                state, tdx.sept().table(level).frame().get(state, tdx.sept().index(page, level)), level);
    }

    /** A page becomes a table of pages of the level below, in the same frames, with the same L2 aliases. */
    static void split(Tdx tdx, State state, int page, int level, int frame) {
        Sept sept = tdx.sept();
        SeptTable table = sept.table(level);
        int index = sept.index(page, level);
        SeptState leaf = table.state().get(state, index).unblocked();
        int from = table.frame().get(state, index);
        int aliases = table.aliases().get(state, index);
        SeptTable below = sept.table(level - 1);
        int first = sept.firstChild(page, level);
        for (int child = first; child < sept.endOfChildren(page, level); child++) {
            below.free(state, child);
            below.map(state, child, leaf, from + (child - first) * below.span());
            below.aliases().set(state, child, aliases);
        }
        table.free(state, index);
        table.map(state, index, SeptState.NL_MAPPED, frame);
        tdx.root().split(state, from, level);
        tdx.root().take(state, frame, 0, PageType.PT_EPT);
    }

    @Override
    public String mnemonic() {
        return "TDH.MEM.PAGE.DEMOTE";
    }
}
