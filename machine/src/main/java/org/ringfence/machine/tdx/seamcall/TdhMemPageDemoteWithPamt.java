package org.ringfence.machine.tdx.seamcall;

import java.util.Arrays;
import java.util.List;
import org.ringfence.machine.operation.Frame;
import org.ringfence.machine.state.FrameRef;
import org.ringfence.machine.state.State;
import org.ringfence.machine.tdx.abi.Ending;
import org.ringfence.machine.tdx.abi.Endings;
import org.ringfence.machine.tdx.abi.ModuleStatus;
import org.ringfence.machine.tdx.abi.NoReturn;
import org.ringfence.machine.tdx.abi.Outputs;
import org.ringfence.machine.tdx.abi.TdxGuard;
import org.ringfence.machine.tdx.abi.TdxStatus;
import org.ringfence.machine.tdx.module.PageMetadata.Found;
import org.ringfence.machine.tdx.td.FreePage;
import org.ringfence.machine.tdx.td.Tdx;

/**
 * TDH.MEM.PAGE.DEMOTE, SEAMCALL leaf 15, where PAMT is dynamic: as {@link TdhMemPageDemote}, and two more pages hold
 * the entries of the 4K pages that 2M become. Other sizes take none. The entry of the 2M is locked meanwhile, so that
 * no page of the 2M itself can be one of the two: unlike TDH.PHYMEM.PAMT.ADD, which takes such a page. Source: TDX
 * module, commit 1666adc, tdh_mem_page_demote.c, pamt_manager.c (pamt_demote).
 *
 * @param td the TD, from 0
 * @param rcx the entry, of level 2M or 1G
 * @param frame R8, the frame of the new table
 * @param first R12, the frame of the PAMT of the first half
 * @param second R13, the frame of the PAMT of the second half
 */
public record TdhMemPageDemoteWithPamt(int td, long rcx, Frame frame, Frame first, Frame second)
        implements
            EntryCall<TdhMemPageDemoteWithPamt.Result> {

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
        TDX_OPERAND_INVALID_R12,
        TDX_OPERAND_INVALID_R13,
        TDX_OPERAND_ADDR_RANGE_ERROR_R12,
        TDX_OPERAND_ADDR_RANGE_ERROR_R13,
        TDX_OPERAND_BUSY_R12,
        TDX_PAGE_NOT_FREE_R12,
        TDX_OPERAND_BUSY_R13,
        TDX_PAGE_NOT_FREE_R13
    }

    private static final Endings<Result> ENDINGS = Endings.of(Result.class);

    /** What the checks that it shares with {@link TdhMemPageDemote} end with, by the order there. */
    private static final List<Result> AS_PLAIN =
            Arrays.stream(TdhMemPageDemote.Result.values()).map(plain -> Result.valueOf(plain.name())).toList();

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
        return new Bound(
                tdx, lp, TdhMemPageDemote.bind(tdx, lp, rule()), first.index(), second.index(),
                tdx.guards().checks(TdxGuard.PAMT_PAGE_IS_FREE), tdx.guards().checks(TdxGuard.PAMT_PAGE_IS_NO_OTHER));
    }

    private record Bound(
            Tdx tdx, int lp, TdhMemPageDemote.Bound leaf, int first, int second, boolean checksFree,
            boolean checksOther) implements EntryLeaf {
        @Override
        public Ending perform(State state, int page, int level, int frame, Outputs outputs) {
            Ending refused = leaf.check(state, page, level, frame, outputs);
            if (refused != TdxStatus.TDX_SUCCESS) {
                return refused instanceof TdhMemPageDemote.Result plain ? AS_PLAIN.get(plain.ordinal()) : refused;
            }
            if (tdx.root().takesPamt(state, level)) {
                int from = tdx.sept().table(level).frame().get(state, tdx.sept().index(page, level));
                refused = checkPamt(state, from, tdx.sept().span(level), frame);
                if (refused != TdxStatus.TDX_SUCCESS) {
                    return refused;
                }
                tdx.root().addPamt(state, from, first, second);
            }
            TdhMemPageDemote.split(tdx, state, page, level, frame);
            return Result.TDX_SUCCESS;
        }

        /**
         * Checks and locks the two pages.
         *
         * @param from the first frame of the 2M, whose entry is locked, as that of its table's page is
         */
        private Ending checkPamt(State state, int from, int span, int table) {
            if (isNone(first)) {
                return Result.TDX_OPERAND_INVALID_R12;
            }
            if (isNone(second)) {
                return Result.TDX_OPERAND_INVALID_R13;
            }
            if (isOutside(first)) {
                return Result.TDX_OPERAND_ADDR_RANGE_ERROR_R12;
            }
            if (isOutside(second)) {
                return Result.TDX_OPERAND_ADDR_RANGE_ERROR_R13;
            }
            Found foundFirst = find(state, first, from, span, table);
            Ending refused = judge(
                    foundFirst, Result.TDX_OPERAND_ADDR_RANGE_ERROR_R12, Result.TDX_OPERAND_BUSY_R12,
                    Result.TDX_PAGE_NOT_FREE_R12);
            if (refused != TdxStatus.TDX_SUCCESS) {
                return refused;
            }
            Found foundSecond = find(state, second, from, span, table);
            refused = judge(
                    foundSecond, Result.TDX_OPERAND_ADDR_RANGE_ERROR_R13, Result.TDX_OPERAND_BUSY_R13,
                    Result.TDX_PAGE_NOT_FREE_R13);
            if (refused != TdxStatus.TDX_SUCCESS) {
                return refused;
            }
            if (checksOther && foundFirst == Found.IS_PAMT) {
                return Result.TDX_PAGE_NOT_FREE_R12;
            }
            return checksOther && foundSecond == Found.IS_PAMT || first == second
                    ? Result.TDX_PAGE_NOT_FREE_R13
                    : TdxStatus.TDX_SUCCESS;
        }

        private static boolean isNone(int frame) {
            return frame == FrameRef.NONE;
        }

        private static boolean isOutside(int frame) {
            return frame < 0 && frame != FreePage.RESERVED.index();
        }

        private Found find(State state, int frame, int from, int span, int table) {
            if (frame < 0) {
                return Found.IS_PAMT;
            }
            boolean isLocked = frame >= from && frame < from + span || frame == table;
            return isLocked && tdx.admission().checksLocks() ? Found.BUSY : tdx.root().findForPamt(state, lp, frame);
        }

        private Ending judge(Found found, Ending range, Ending busy, Ending notFree) {
            return switch (found) {
                case OK, IS_PAMT -> TdxStatus.TDX_SUCCESS;
                case ADDR_RANGE_ERROR -> range;
                case BUSY -> busy;
                case METADATA_INCORRECT, MISSING_PAMT_PAGE_PAIR -> checksFree ? notFree : TdxStatus.TDX_SUCCESS;
                case MACHINE_CHECK -> NoReturn.MACHINE_CHECK;
            };
        }
    }

    @Override
    public String mnemonic() {
        return "TDH.MEM.PAGE.DEMOTE";
    }
}
