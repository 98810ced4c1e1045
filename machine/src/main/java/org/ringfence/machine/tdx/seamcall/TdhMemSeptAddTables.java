package org.ringfence.machine.tdx.seamcall;

import java.util.List;
import org.ringfence.machine.operation.Frame;
import org.ringfence.machine.state.State;
import org.ringfence.machine.tdx.abi.Outputs;
import org.ringfence.machine.tdx.abi.TdxGuard;
import org.ringfence.machine.tdx.abi.TdxStatus;
import org.ringfence.machine.tdx.module.PageType;
import org.ringfence.machine.tdx.sept.Sept;
import org.ringfence.machine.tdx.sept.SeptOperand;
import org.ringfence.machine.tdx.sept.SeptState;
import org.ringfence.machine.tdx.sept.SeptTable;
import org.ringfence.machine.tdx.td.Refusal;
import org.ringfence.machine.tdx.td.Tdx;

/**
 * TDH.MEM.SEPT.ADD, SEAMCALL leaf 3, version 1: adds tables of FREE entries under one entry, L1's and those of L2 VMs beside it, each where it is missing. A page that was not used comes back
 * in its register with bit 63 set, one that was used as {@link #NULL_PA}. Source: TDX module 1.5.01, tdh_mem_sept_add.c.
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
    public Work work(Tdx tdx, TablePages pages, int page, int level) {
        return new Adding(tdx, pages, page, level, allowsExisting);
    }

    private record Adding(Tdx tdx, TablePages pages, int page, int level, boolean allowsExisting) implements Work {

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

        @Override
        public Refusal refuse(State state) {
            SeptState found = tdx.sept().state(state, page, level);
            if (!pages.isGiven(0)) {
                return found == SeptState.NL_MAPPED
                        ? Refusal.TDX_SUCCESS
                        : Refusal.TDX_EPT_ENTRY_STATE_INCORRECT_RCX;
            }
            if (found == SeptState.FREE) {
                return pages.refuse(state, 0, 0);
            }
            return allowsExisting ? Refusal.TDX_SUCCESS : Refusal.TDX_EPT_ENTRY_STATE_INCORRECT_RCX;
        }

        @Override
        public long take(State state, Outputs outputs) {
            int used = used(state);
            for (int vm = 1; vm < TablePages.REGISTERS; vm++) {
                long code = pages.isGiven(vm) ? refuseL2(state, vm, used, outputs) : 0;
                if (code != 0) {
                    return code;
                }
            }
            add(state, used, outputs);
            return 0;
        }

        /** The code of what keeps the leaf from the table of an L2 VM; 0 where nothing does. */
        private long refuseL2(State state, int vm, int used, Outputs outputs) {
            Sept sept = tdx.sept();
            if (vm > tdx.l2Vms(state)) {
                return pages.end(Refusal.PAGE_INVALID, vm, outputs);
            }
            int reached = sept.l2Reached(state, page, level, vm);
            if (reached != level) {
                return pages.end(TdxStatus.TDX_L2_SEPT_WALK_FAILED, state, page, reached, vm, outputs);
            }
            if ((used >> vm & 1) == 0) {
                return allowsExisting
                        ? 0
                        : pages.end(TdxStatus.TDX_L2_SEPT_ENTRY_NOT_FREE, state, page, level, vm, outputs);
            }
            Refusal refused = pages.refuse(state, vm, used);
            return refused == Refusal.TDX_SUCCESS ? 0 : pages.end(refused, vm, outputs);
        }

        private void add(State state, int used, Outputs outputs) {
            SeptTable table = tdx.sept().table(level);
            int index = tdx.sept().index(page, level);
            for (int vm = 0; vm < TablePages.REGISTERS; vm++) {
                boolean isUsed = (used >> vm & 1) != 0;
                TablePages.tell(outputs, vm, isUsed ? NULL_PA : pages.hpa(vm) | UNUSED);
                if (isUsed) {
                    int frame = pages.frame(vm);
                    if (vm == 0) {
                        table.map(state, index, SeptState.NL_MAPPED, frame);
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

    @Override
    public String toString() {
        return "%s%s version 1 %s R8 to R11 %s%s"
                .formatted(mnemonic(), Tdx.printed(td), SeptOperand.print(rcx), frames,
                        allowsExisting ? ", existing allowed" : "");
    }
}
