package org.ringfence.machine.tdx.seamcall;

import java.util.List;
import org.ringfence.machine.operation.Frame;
import org.ringfence.machine.state.State;
import org.ringfence.machine.tdx.abi.Ending;
import org.ringfence.machine.tdx.abi.Outputs;
import org.ringfence.machine.tdx.abi.TdxGuard;
import org.ringfence.machine.tdx.abi.TdxStatus;
import org.ringfence.machine.tdx.module.PageType;
import org.ringfence.machine.tdx.sept.SeptState;
import org.ringfence.machine.tdx.sept.SeptTable;
import org.ringfence.machine.tdx.td.Tdx;

/**
 * TDH.MEM.SEPT.ADD, SEAMCALL leaf 3, version 1: adds tables of FREE entries under one entry, L1's and those of L2 VMs
 * beside it, each where it is missing. A page that was not used comes back in its register with bit 63 set, one that
 * was used as {@link #NULL_PA}. Source: TDX module 1.5.01, tdh_mem_sept_add.c.
 *
 * @param td the TD, from 0
 * @param rcx the entry of the tables, of level 2M or above
 * @param frames R8 to R11: the frame of L1's table, and those of L2 VMs 1 to 3; {@link #NONE} for none
 * @param allowsExisting RDX bit 0: whether tables that are there already are passed over
 */
public record TdhMemSeptAddTables(int td, long rcx, List<Frame> frames, boolean allowsExisting)
        implements
            TablesCall {

    public TdhMemSeptAddTables {
        frames = TablesCall.pages(frames);
    }

    @Override
    public SeptRule rule() {
        return SeptRule.SEPT_ADD;
    }

    @Override
    public TdxGuard frameGuard() {
        return TdxGuard.SEPT_ADD_FRAME_IS_FREE;
    }

    @Override
    public TdCall.Bound bind(Tdx tdx, SeptWalk walk, TablePages pages, int page, int level) {
        return new Bound(tdx, walk, pages, page, level, allowsExisting);
    }

    private record Bound(
            Tdx tdx, SeptWalk walk, TablePages pages, int page, int level, boolean allowsExisting)
            implements
                TdCall.Bound {

        @Override
        public Ending perform(State state, Outputs outputs) {
            Ending refused = pages.reach(state, page, level, outputs);
            if (refused != TdxStatus.TDX_SUCCESS) {
                return refused;
            }
            SeptState found = tdx.sept().state(state, page, level);
            boolean isAllowed = pages.isGiven(0)
                    ? found == SeptState.FREE || walk.allows(state, page, level) && allowsExisting
                    : found == SeptState.NL_MAPPED;
            if (!isAllowed) {
                return walk.stop(state, page, level, outputs, TablePages.ENTRY_STATE_INCORRECT);
            }
            if (pages.isGiven(0) && found == SeptState.FREE) {
                refused = pages.lock(state, 0, 0);
                if (refused != TdxStatus.TDX_SUCCESS) {
                    return refused;
                }
            } else if (pages.isGiven(0)) {
                outputs.unused(0);
            }
            int used = used(state);
            for (int vm = 1; vm < TablePages.REGISTERS; vm++) {
                refused = pages.isGiven(vm) ? checkL2(state, vm, used, outputs) : TdxStatus.TDX_SUCCESS;
                if (refused != TdxStatus.TDX_SUCCESS) {
                    return refused;
                }
            }
            add(state, used, outputs);
            return TdxStatus.TDX_SUCCESS;
        }

        private Ending checkL2(State state, int vm, int used, Outputs outputs) {
            if (vm > tdx.l2Vms(state)) {
                return pages.operands().get(vm).invalid();
            }
            int reached = tdx.sept().l2Reached(state, page, level, vm);
            if (reached != level) {
                return pages.stopL2(state, page, reached, vm, outputs, TdxStatus.TDX_L2_SEPT_WALK_FAILED);
            }
            if ((used >> vm & 1) != 0) {
                return pages.lock(state, vm, used);
            }
            if (allowsExisting) {
                outputs.unused(vm);
                return TdxStatus.TDX_SUCCESS;
            }
            return pages.stopL2(state, page, level, vm, outputs, TdxStatus.TDX_L2_SEPT_ENTRY_NOT_FREE);
        }

        private boolean isMissing(State state, int vm) {
            return vm == 0
                    ? tdx.sept().state(state, page, level) == SeptState.FREE
                    : !tdx.sept().isAliased(state, page, level, vm);
        }

        /** VMs whose pages become tables, one bit each. */
        private int used(State state) {
            int used = 0;
            for (int vm = 0; vm < TablePages.REGISTERS; vm++) {
                used |= pages.isGiven(vm) && isMissing(state, vm) ? 1 << vm : 0;
            }
            return used;
        }

        private void add(State state, int used, Outputs outputs) {
            SeptTable table = tdx.sept().table(level);
            int index = tdx.sept().index(page, level);
            for (int vm = 0; vm < TablePages.REGISTERS; vm++) {
                boolean isUsed = (used >> vm & 1) != 0;
                if (isUsed) {
                    TablePages.tell(outputs, vm, NULL_PA);
                    int frame = pages.frame(vm);
                    if (vm == 0) {
                        tdx.sept().add(state, page, level, frame);
                    } else {
                        table.l2Tables().set(state, index, vm, frame);
                    }
                    tdx.root().take(state, frame, 0, PageType.PT_EPT);
                }
            }
        }
    }

    @Override
    public String mnemonic() {
        return "TDH.MEM.SEPT.ADD";
    }
}
