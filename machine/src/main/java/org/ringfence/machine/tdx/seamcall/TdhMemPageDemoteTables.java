package org.ringfence.machine.tdx.seamcall;

import java.util.List;
import org.ringfence.machine.operation.Frame;
import org.ringfence.machine.state.State;
import org.ringfence.machine.tdx.abi.Completion;
import org.ringfence.machine.tdx.abi.Outputs;
import org.ringfence.machine.tdx.abi.TdxGuard;
import org.ringfence.machine.tdx.abi.TdxStatus;
import org.ringfence.machine.tdx.sept.SeptOperand;
import org.ringfence.machine.tdx.td.Refusal;
import org.ringfence.machine.tdx.td.Tdx;
import org.ringfence.machine.tdx.td.Tracking;

/**
 * TDH.MEM.PAGE.DEMOTE, SEAMCALL leaf 15, of a TD whose L2 VMs have tables of their own: {@link TdhMemPageDemote}, with a page for the table of each VM that has the page, and, where it is
 * wanted, of one that has not. A page that was not used comes back in its register with bit 63 set. Source: TDX module 1.5.01, tdh_mem_page_demote.c.
 *
 * @param td the TD, from 0
 * @param rcx the entry, of level 2M or 1G
 * @param frames R8 to R11: the frame of L1's table, and those of L2 VMs 1 to 3; {@link #NONE} for none
 * @param sparse RDX bit 0, L2_SEPT_ADD_MODE: whether a VM that has not the page gets no table
 */
public record TdhMemPageDemoteTables(int td, long rcx, List<Frame> frames, boolean sparse) implements TablesCall {

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
    public Work work(Tdx tdx, TablePages pages, int page, int level) {
        DemoteWork split = new DemoteWork(
                tdx,
                Tracking.of(tdx, TdxGuard.DEMOTE_ENTRY_IS_BLOCKED, TdxGuard.DEMOTE_BLOCK_IS_TRACKED),
                pages.checksFrame());
        return new Splitting(tdx, split, pages, page, level, sparse);
    }

    private record Splitting(Tdx tdx, DemoteWork split, TablePages pages, int page, int level, boolean sparse)
            implements
                Work {

        @Override
        public Refusal refuse(State state) {
            Refusal refused = split.check(state, page, level);
            return refused == Refusal.TDX_SUCCESS ? pages.refuse(state, 0, 0) : refused;
        }

        /** Whether VM {@code vm} gets a table. */
        private boolean isUsed(State state, int vm) {
            return vm == 0
                    || pages.isGiven(vm)
                            && vm <= tdx.l2Vms(state)
                            && (!sparse || tdx.sept().isAliased(state, page, level, vm));
        }

        @Override
        public long take(State state, Outputs outputs) {
            int used = 1;
            for (int vm = 1; vm <= tdx.l2Vms(state); vm++) {
                if (isUsed(state, vm)) {
                    Refusal refused = pages.refuse(state, vm, used);
                    if (refused != Refusal.TDX_SUCCESS) {
                        return pages.end(refused, vm, outputs);
                    }
                    used |= 1 << vm;
                } else if (!pages.isGiven(vm) && tdx.sept().isAliased(state, page, level, vm)) {
                    return notProvided(vm, outputs);
                }
            }
            for (int vm = 1; vm <= tdx.l2Vms(state); vm++) {
                int reached = tdx.sept().l2Reached(state, page, level, vm);
                if ((used >> vm & 1) != 0 && reached != level) {
                    return pages.end(TdxStatus.TDX_L2_SEPT_WALK_FAILED, state, page, reached, vm, outputs);
                }
            }
            commit(state, used, outputs);
            return 0;
        }

        private long notProvided(int vm, Outputs outputs) {
            pages.comeBack(outputs);
            return Completion.named("TDX_L2_SEPT_PAGE_NOT_PROVIDED_" + TablePages.register(vm)).code();
        }

        private void commit(State state, int used, Outputs outputs) {
            split.commit(state, page, level, pages.frame(0), outputs);
            TablePages.tell(outputs, 0, pages.hpa(0));
            for (int vm = 1; vm < TablePages.REGISTERS; vm++) {
                boolean isUsed = (used >> vm & 1) != 0;
                if (isUsed) {
                    split.addL2(state, page, level, vm, pages.frame(vm));
                }
                boolean comesBack = !isUsed && pages.isGiven(vm) && vm <= tdx.l2Vms(state);
                TablePages.tell(outputs, vm, comesBack ? pages.hpa(vm) | UNUSED : pages.hpa(vm));
            }
        }
    }

    @Override
    public String mnemonic() {
        return "TDH.MEM.PAGE.DEMOTE";
    }

    @Override
    public String toString() {
        return "%s%s %s R8 to R11 %s%s"
                .formatted(mnemonic(), Tdx.printed(td), SeptOperand.print(rcx), frames, sparse ? ", sparse" : "");
    }
}
