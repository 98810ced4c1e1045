package org.ringfence.machine.tdx.seamcall;

import java.util.List;
import java.util.stream.IntStream;
import org.ringfence.machine.operation.Frame;
import org.ringfence.machine.state.State;
import org.ringfence.machine.tdx.abi.Completion;
import org.ringfence.machine.tdx.abi.Ending;
import org.ringfence.machine.tdx.abi.OperandId;
import org.ringfence.machine.tdx.abi.Outputs;
import org.ringfence.machine.tdx.abi.TdxGuard;
import org.ringfence.machine.tdx.abi.TdxStatus;
import org.ringfence.machine.tdx.module.PageType;
import org.ringfence.machine.tdx.td.Tdx;
import org.ringfence.machine.tdx.td.TlbTracking;

/**
 * TDH.MEM.PAGE.DEMOTE, SEAMCALL leaf 15, of a TD whose L2 VMs have tables of their own: {@link TdhMemPageDemote}, with
 * a page for the table of each VM that has the page, and, where it is wanted, of one that has not. A page that was not
 * used comes back in its register with bit 63 set. Source: TDX module 1.5.01, tdh_mem_page_demote.c.
 *
 * @param td the TD, from 0
 * @param rcx the entry, of level 2M or 1G
 * @param frames R8 to R11: the frame of L1's table, and those of L2 VMs 1 to 3; {@link #NONE} for none
 * @param sparse RDX bit 0, L2_SEPT_ADD_MODE: whether a VM that has not the page gets no table
 */
public record TdhMemPageDemoteTables(int td, long rcx, List<Frame> frames, boolean sparse) implements TablesCall {

    private static final Completion NOT_BLOCKED = new Completion(TdxStatus.TDX_GPA_RANGE_NOT_BLOCKED, OperandId.RCX);
    private static final Completion NOT_TRACKED = new Completion(TdxStatus.TDX_TLB_TRACKING_NOT_DONE, OperandId.RCX);

    /** By L2 VM, of which 0 is none. */
    private static final List<Completion> NOT_PROVIDED = IntStream.range(OperandId.R8, OperandId.R12)
            .mapToObj(register -> new Completion(TdxStatus.TDX_L2_SEPT_PAGE_NOT_PROVIDED, register))
            .toList();

    public TdhMemPageDemoteTables {
        frames = TablesCall.pages(frames);
    }

    @Override
    public SeptRule rule() {
        return SeptRule.PAGE_DEMOTE;
    }

    @Override
    public TdxGuard frameGuard() {
        return TdxGuard.DEMOTE_FRAME_IS_FREE;
    }

    @Override
    public TdCall.Bound bind(Tdx tdx, SeptWalk walk, TablePages pages, int page, int level) {
        TlbTracking tracking = TlbTracking.of(tdx, TdxGuard.DEMOTE_ENTRY_IS_BLOCKED, TdxGuard.DEMOTE_BLOCK_IS_TRACKED);
        return new Bound(tdx, walk, tracking, pages, page, level, sparse);
    }

    private record Bound(
            Tdx tdx, SeptWalk walk, TlbTracking tracking, TablePages pages, int page, int level, boolean sparse)
            implements
                TdCall.Bound {

        @Override
        public Ending perform(State state, Outputs outputs) {
            Ending refused = pages.reach(state, page, level, outputs);
            if (refused != TdxStatus.TDX_SUCCESS) {
                return refused;
            }
            if (!walk.allows(state, page, level)) {
                return walk.stop(state, page, level, outputs, TablePages.ENTRY_STATE_INCORRECT);
            }
            if (tracking.needsBlock(state, page, level)) {
                return walk.stopWithoutCounter(state, page, level, outputs, NOT_BLOCKED);
            }
            if (tracking.needsTrack(state, page, level)) {
                return NOT_TRACKED;
            }
            refused = pages.lock(state, 0, 0);
            if (refused != TdxStatus.TDX_SUCCESS) {
                return refused;
            }
            int used = 1;
            for (int vm = 1; vm <= tdx.l2Vms(state); vm++) {
                if (isUsed(state, vm)) {
                    refused = pages.lock(state, vm, used);
                    if (refused != TdxStatus.TDX_SUCCESS) {
                        return refused;
                    }
                    used |= 1 << vm;
                } else if (!pages.isGiven(vm) && tdx.sept().isAliased(state, page, level, vm)) {
                    return NOT_PROVIDED.get(vm);
                }
            }
            for (int vm = 1; vm <= tdx.l2Vms(state); vm++) {
                int reached = tdx.sept().l2Reached(state, page, level, vm);
                if ((used >> vm & 1) != 0 && reached != level) {
                    return pages.stopL2(state, page, reached, vm, outputs, TdxStatus.TDX_L2_SEPT_WALK_FAILED);
                }
            }
            if (TdhMemPageDemote.isHeld(tdx, state, page, level)) {
                return TablePages.BUSY_RCX;
            }
            commit(state, used, outputs);
            return TdxStatus.TDX_SUCCESS;
        }

        /** Whether VM {@code vm} gets a table. */
        private boolean isUsed(State state, int vm) {
            return vm == 0
                    || pages.isGiven(vm)
                            && vm <= tdx.l2Vms(state)
                            && (!sparse || tdx.sept().isAliased(state, page, level, vm));
        }

        private void commit(State state, int used, Outputs outputs) {
            TdhMemPageDemote.split(tdx, state, page, level, pages.frame(0));
            for (int vm = 1; vm < TablePages.REGISTERS; vm++) {
                boolean isUsed = (used >> vm & 1) != 0;
                if (isUsed) {
                    tdx.sept().table(level).l2Tables().set(
                            state, tdx.sept().index(page, level), vm, pages.frame(vm));
                    tdx.root().take(state, pages.frame(vm), 0, PageType.PT_EPT);
                }
                if (!isUsed && pages.isGiven(vm) && vm <= tdx.l2Vms(state)) {
                    outputs.unused(vm);
                }
            }
        }
    }

    @Override
    public String mnemonic() {
        return "TDH.MEM.PAGE.DEMOTE";
    }
}
