package org.ringfence.machine.tdx;

import java.util.List;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Frame;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Outcome;
import org.ringfence.machine.operation.Results;
import org.ringfence.machine.state.FrameRef;
import org.ringfence.machine.state.State;
import org.ringfence.machine.tdx.abi.Completion;
import org.ringfence.machine.tdx.abi.Leaf;
import org.ringfence.machine.tdx.abi.ModuleCall;
import org.ringfence.machine.tdx.abi.Outputs;
import org.ringfence.machine.tdx.abi.TdxGuard;
import org.ringfence.machine.tdx.abi.TdxStatus;
import org.ringfence.machine.tdx.sept.Sept;
import org.ringfence.machine.tdx.sept.SeptOperand;
import org.ringfence.machine.tdx.sept.SeptState;
import org.ringfence.machine.tdx.sept.SeptTable;
import org.ringfence.machine.tdx.system.PageType;

/**
 * TDH.MEM.SEPT.ADD, SEAMCALL leaf 3, version 1: adds tables of FREE entries under one entry, L1's and those of L2 VMs beside it, each where it is missing. A page that was not used comes back
 * in its register with bit 63 set, one that was used as {@link #NULL_PA}. Its results are RAX, as {@link Completion#code()} packs it. Needs {@link TdxFeature#L2_TABLES}. An interrupt
 * between two tables is left out. Source: TDX module 1.5.01, tdh_mem_sept_add.c.
 *
 * @param td the TD, from 0
 * @param rcx the entry of the tables, of level 2M or above
 * @param frames R8 to R11: the frame of L1's table, and those of L2 VMs 1 to 3; {@link #NONE} for none
 * @param allowsExisting RDX bit 0: whether tables that are there already are passed over
 */
public record TdhMemSeptAddTables(int td, long rcx, List<Frame> frames, boolean allowsExisting)
        implements
            ModuleCall<Long> {

    /** What stands for a page that is not given. */
    public static final Frame NONE = new Frame(FrameRef.NONE - 2);

    /** What a register holds instead of a page. */
    public static final long NULL_PA = -1;

    /** A page was not used. */
    public static final long UNUSED = 1L << 63;

    /** R8, R9, R10 and R11. */
    static final int REGISTERS = 4;

    public TdhMemSeptAddTables {
        frames = List.copyOf(frames);
        if (frames.size() != REGISTERS) {
            throw new IllegalArgumentException("R8 to R11 are 4 pages or none in a place, not " + frames.size());
        }
    }

    @Override
    public Results<Long> results() {
        return new Results.Value();
    }

    @Override
    public Leaf leaf(Machine machine, Actor actor) {
        Tdx tdx = Tdx.of(machine, td);
        if (!tdx.options().has(TdxFeature.L2_TABLES)) {
            throw new IllegalStateException(
                    this + ": L2 VMs have every table that L1 has; the machine lacks the feature L2_TABLES");
        }
        int lp = tdx.lp(actor);
        Gate gate = Gate.of(tdx, SeptRule.SEPT_ADD, lp);
        boolean isInvalid = gate.isInvalid(rcx);
        if (!isInvalid) {
            tdx.sept().require(rcx);
        }
        int page = isInvalid ? 0 : tdx.sept().page(rcx);
        Work work = new Work(
                tdx, gate, page, SeptOperand.level(rcx), frames, allowsExisting,
                tdx.guards().checks(TdxGuard.SEPT_ADD_FRAME_IS_FREE));
        return (state, outputs) -> {
            Refusal refused = gate.td(state);
            if (refused == Refusal.TDX_SUCCESS && isInvalid) {
                refused = Refusal.TDX_OPERAND_INVALID_RCX;
            }
            return refused == Refusal.TDX_SUCCESS ? work.take(state, outputs) : work.end(refused, 0, outputs);
        };
    }

    private record Work(
            Tdx tdx, Gate gate, int page, int level, List<Frame> frames, boolean allowsExisting, boolean checksFrame) {

        long take(State state, Outputs outputs) {
            Refusal refused = gate.entry(state, page, level);
            if (refused != Refusal.TDX_OPERAND_BUSY_SEPT_TREE && refused != Refusal.TDX_EPT_WALK_FAILED_RCX) {
                gate.touchLock(state, page, level);
            }
            if (refused == Refusal.TDX_SUCCESS) {
                refused = l1(state);
            }
            if (refused != Refusal.TDX_SUCCESS) {
                if (refused.describesEntry()) {
                    gate.describe(state, page, level, outputs);
                }
                return end(refused, 0, outputs);
            }
            for (int vm = 1; vm < REGISTERS; vm++) {
                long code = l2(state, vm, outputs);
                if (code != 0) {
                    return code;
                }
            }
            add(state, outputs);
            return 0;
        }

        private boolean isGiven(int vm) {
            return !frames.get(vm).equals(NONE);
        }

        private boolean isMissing(State state, int vm) {
            return vm == 0
                    ? tdx.sept().state(state, page, level) == SeptState.FREE
                    : !tdx.sept().isAliased(state, page, level, vm);
        }

        private Refusal l1(State state) {
            SeptState found = tdx.sept().state(state, page, level);
            if (!isGiven(0)) {
                return found == SeptState.NL_MAPPED
                        ? Refusal.TDX_SUCCESS
                        : Refusal.TDX_EPT_ENTRY_STATE_INCORRECT_RCX;
            }
            if (found == SeptState.FREE) {
                return free(state, 0);
            }
            return allowsExisting ? Refusal.TDX_SUCCESS : Refusal.TDX_EPT_ENTRY_STATE_INCORRECT_RCX;
        }

        /** The code of what keeps the leaf from the table of an L2 VM; 0 where nothing does. */
        private long l2(State state, int vm, Outputs outputs) {
            if (!isGiven(vm)) {
                return 0;
            }
            Sept sept = tdx.sept();
            if (vm > tdx.options().l2Vms()) {
                return end(Refusal.PAGE_INVALID, vm, outputs);
            }
            int reached = sept.l2Reached(state, page, level, vm);
            if (reached != level) {
                return l2End(TdxStatus.TDX_L2_SEPT_WALK_FAILED, vm, reached, outputs);
            }
            if (!isMissing(state, vm)) {
                return allowsExisting ? 0 : l2End(TdxStatus.TDX_L2_SEPT_ENTRY_NOT_FREE, vm, level, outputs);
            }
            Refusal refused = free(state, vm);
            return refused == Refusal.TDX_SUCCESS ? 0 : end(refused, vm, outputs);
        }

        /** The page must be free, and no other register may name it: then its lock is held already. */
        private Refusal free(State state, int vm) {
            for (int other = 0; other < vm; other++) {
                if (frames.get(other).equals(frames.get(vm)) && isMissing(state, other)) {
                    return Refusal.PAGE_BUSY;
                }
            }
            Refusal refused =
                    tdx.admission().refuseFree(state, gate.lp(), frames.get(vm).index(), 0, 1);
            return refused == Refusal.PAGE_METADATA_INCORRECT && !checksFrame ? Refusal.TDX_SUCCESS : refused;
        }

        private void add(State state, Outputs outputs) {
            SeptTable table = tdx.sept().table(level);
            int index = tdx.sept().index(page, level);
            boolean[] used = new boolean[REGISTERS];
            for (int vm = 0; vm < REGISTERS; vm++) {
                used[vm] = isGiven(vm) && isMissing(state, vm);
            }
            for (int vm = 0; vm < REGISTERS; vm++) {
                int frame = frames.get(vm).index();
                if (used[vm]) {
                    if (vm == 0) {
                        table.map(state, index, SeptState.NL_MAPPED, frame);
                    } else {
                        table.l2Tables().set(state, index, vm, frame);
                    }
                    tdx.root().take(state, frame, 0, PageType.PT_EPT);
                }
                tell(outputs, vm, used[vm] ? NULL_PA : hpa(vm) | UNUSED);
            }
        }

        private long hpa(int vm) {
            int frame = frames.get(vm).index();
            return frame < 0 ? NULL_PA : tdx.hpa(frame);
        }

        private static void tell(Outputs outputs, int vm, long value) {
            if (vm == 0) {
                outputs.r8(value);
            } else {
                outputs.l2(vm, value);
            }
        }

        /** Ends because of the page for {@code vm}, or of something else; the pages come back. */
        long end(Refusal refused, int vm, Outputs outputs) {
            comeBack(outputs);
            return switch (refused) {
                case MACHINE_CHECK -> Outcome.EXITS;
                case PROCESSOR_IS_SHUT_DOWN -> Outcome.WAITS;
                default -> Completion.named(refused.name("RDX", "", "R" + (8 + vm))).code();
            };
        }

        private long l2End(TdxStatus status, int vm, int level, Outputs outputs) {
            comeBack(outputs);
            return new Completion(status, vm << 16 | level).code();
        }

        private void comeBack(Outputs outputs) {
            for (int vm = 0; vm < REGISTERS; vm++) {
                tell(outputs, vm, hpa(vm));
            }
        }
    }

    @Override
    public String mnemonic() {
        return "TDH.MEM.SEPT.ADD";
    }

    @Override
    public String toString() {
        return "%s version 1 %s R8 to R11 %s%s"
                .formatted(mnemonic(), SeptOperand.print(rcx), frames, allowsExisting ? ", existing allowed" : "");
    }
}
