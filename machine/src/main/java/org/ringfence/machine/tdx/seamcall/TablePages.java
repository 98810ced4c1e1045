package org.ringfence.machine.tdx.seamcall;

import java.util.List;
import java.util.stream.IntStream;
import org.ringfence.machine.operation.Frame;
import org.ringfence.machine.state.FrameRef;
import org.ringfence.machine.state.State;
import org.ringfence.machine.tdx.abi.Completion;
import org.ringfence.machine.tdx.abi.Ending;
import org.ringfence.machine.tdx.abi.OperandId;
import org.ringfence.machine.tdx.abi.Outputs;
import org.ringfence.machine.tdx.abi.TdxGuard;
import org.ringfence.machine.tdx.abi.TdxStatus;
import org.ringfence.machine.tdx.module.ModuleLocks.Held;
import org.ringfence.machine.tdx.sept.L2Tables;
import org.ringfence.machine.tdx.td.FreePage;
import org.ringfence.machine.tdx.td.TdLocks.Kind;
import org.ringfence.machine.tdx.td.Tdx;

/**
 * The pages in R8 to R11 of a leaf that makes tables: one for L1's, and one for each L2 VM's beside it.
 *
 * @param frames by their registers; {@link TablesCall#NONE} for none
 * @param operands what is told of each
 */
public record TablePages(Tdx tdx, int lp, SeptWalk walk, List<Frame> frames, List<FreePage> operands) {

    static final Completion ENTRY_STATE_INCORRECT =
            new Completion(TdxStatus.TDX_EPT_ENTRY_STATE_INCORRECT, OperandId.RCX);

    private static final Completion INVALID_RDX = new Completion(TdxStatus.TDX_OPERAND_INVALID, OperandId.RDX);
    private static final Completion BUSY_RDX = new Completion(TdxStatus.TDX_OPERAND_BUSY, OperandId.RDX);
    private static final Completion BUSY_OP_STATE = new Completion(TdxStatus.TDX_OPERAND_BUSY, OperandId.OP_STATE);
    private static final Completion INVALID_RCX = new Completion(TdxStatus.TDX_OPERAND_INVALID, OperandId.RCX);
    private static final Completion BUSY_SEPT_TREE = new Completion(TdxStatus.TDX_OPERAND_BUSY, OperandId.SEPT_TREE);
    private static final Completion WALK_FAILED = new Completion(TdxStatus.TDX_EPT_WALK_FAILED, OperandId.RCX);
    static final Completion BUSY_RCX = new Completion(TdxStatus.TDX_OPERAND_BUSY, OperandId.RCX);

    /** R8, R9, R10 and R11. */
    static final int REGISTERS = 4;

    public TablePages {
        frames = List.copyOf(frames);
        operands = List.copyOf(operands);
    }

    static TablePages of(Tdx tdx, int lp, SeptWalk walk, List<Frame> frames, TdxGuard guard) {
        List<FreePage> operands = IntStream.range(0, REGISTERS)
                .mapToObj(vm -> OperandId.R8 + vm)
                .map(register -> FreePage.of(
                        tdx, lp, guard,
                        new Completion(TdxStatus.TDX_OPERAND_INVALID, register),
                        new Completion(TdxStatus.TDX_OPERAND_ADDR_RANGE_ERROR, register),
                        new Completion(TdxStatus.TDX_OPERAND_BUSY, register),
                        new Completion(TdxStatus.TDX_PAGE_METADATA_INCORRECT, register),
                        new Completion(TdxStatus.TDX_MISSING_PAMT_PAGE_PAIR, register)))
                .toList();
        return new TablePages(tdx, lp, walk, frames, operands);
    }

    /** What every leaf that makes tables checks up to the lock of the entry. */
    Ending reach(State state, int page, int level, Outputs outputs) {
        Ending refused = tdx.admission().lockTdr(state, lp, Held.SHARED, INVALID_RDX, BUSY_RDX);
        if (refused != TdxStatus.TDX_SUCCESS) {
            return refused;
        }
        refused = tdx.admission().checkTd(state, walk.opStates(), BUSY_OP_STATE);
        if (refused != TdxStatus.TDX_SUCCESS) {
            return refused;
        }
        if (page == EntryLeaf.INVALID) {
            return INVALID_RCX;
        }
        if (tdx.locks().isBusy(state, Kind.SEPT_TREE, Held.SHARED)) {
            return BUSY_SEPT_TREE;
        }
        if (!walk.reaches(state, page, level)) {
            return walk.stop(state, page, level, outputs, WALK_FAILED);
        }
        return walk.lock(state, page, level)
                ? TdxStatus.TDX_SUCCESS
                : walk.stop(state, page, level, outputs, BUSY_RCX);
    }

    /** Whether there is a page for VM {@code vm}; 0 is L1. */
    boolean isGiven(int vm) {
        return !frames.get(vm).equals(TablesCall.NONE);
    }

    /** The frame of the page for VM {@code vm}. */
    int frame(int vm) {
        return frames.get(vm).index();
    }

    /**
     * Locks the page for VM {@code vm}.
     *
     * @param taken VMs whose pages are locked already, one bit each: no other register may name them
     */
    Ending lock(State state, int vm, int taken) {
        for (int other = 0; other < vm; other++) {
            if ((taken >> other & 1) != 0 && frame(other) == frame(vm)) {
                return operands.get(vm).busy();
            }
        }
        return operands.get(vm).lock(state, frame(vm), 0, 1);
    }

    /** Sets the register of VM {@code vm}. */
    static void tell(Outputs outputs, int vm, long value) {
        if (vm == 0) {
            outputs.r8(value);
        } else {
            outputs.l2(vm, value);
        }
    }

    /** The tables of L2 VMs beside an entry of L1's come back, which R9 to R11 tell. */
    static void takeBack(Tdx tdx, State state, L2Tables tables, int index, Outputs outputs) {
        for (int vm = 1; vm <= tables.vms(); vm++) {
            int frame = tables.frame(state, index, vm);
            if (frame != FrameRef.NONE) {
                tdx.giveBack(state, frame, 0);
                outputs.l2(vm, tdx.hpa(frame) | tdx.root().removalHint(state, frame, 0));
                tables.set(state, index, vm, FrameRef.NONE);
            }
        }
    }

    /** Whether another leaf holds the lock of one of the tables of L2 VMs beside an entry of L1's. */
    static boolean isAnyHeld(Tdx tdx, State state, L2Tables tables, int index) {
        for (int vm = 1; vm <= tables.vms(); vm++) {
            int frame = tables.frame(state, index, vm);
            if (frame != FrameRef.NONE && tdx.root().isHeld(state, frame, 0)) {
                return true;
            }
        }
        return false;
    }

    /** Sets R9 to R11. */
    static void tellL2(Outputs outputs, long value) {
        for (int vm = 1; vm < REGISTERS; vm++) {
            outputs.l2(vm, value);
        }
    }

    /** Ends because of the entry of L2 VM {@code vm} at {@code level}, which RCX and RDX describe. */
    Ending stopL2(State state, int page, int level, int vm, Outputs outputs, TdxStatus why) {
        return walk.stopL2(state, page, level, vm, outputs, new Completion(why, vm << 16 | level));
    }
}
