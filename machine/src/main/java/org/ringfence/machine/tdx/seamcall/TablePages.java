package org.ringfence.machine.tdx.seamcall;

import java.util.List;
import org.ringfence.machine.operation.Frame;
import org.ringfence.machine.operation.Outcome;
import org.ringfence.machine.state.FrameRef;
import org.ringfence.machine.state.State;
import org.ringfence.machine.tdx.abi.Completion;
import org.ringfence.machine.tdx.abi.Outputs;
import org.ringfence.machine.tdx.abi.TdxStatus;
import org.ringfence.machine.tdx.sept.L2Tables;
import org.ringfence.machine.tdx.td.Refusal;
import org.ringfence.machine.tdx.td.Tdx;

/**
 * The pages in R8 to R11 of a leaf that makes tables: one for L1's, and one for each L2 VM's beside it.
 *
 * @param frames by their registers; {@link TablesCall#NONE} for none
 * @param checksFrame whether a page must be PT_NDA
 */
public record TablePages(Tdx tdx, SeptEntryChecks gate, List<Frame> frames, boolean checksFrame) {

    /** R8, R9, R10 and R11. */
    static final int REGISTERS = 4;

    public TablePages {
        frames = List.copyOf(frames);
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
     * What keeps the page for VM {@code vm} from becoming a table.
     *
     * @param taken VMs whose pages are locked already, one bit each: no other register may name them
     */
    Refusal refuse(State state, int vm, int taken) {
        for (int other = 0; other < vm; other++) {
            if ((taken >> other & 1) != 0 && frame(other) == frame(vm)) {
                return Refusal.PAGE_BUSY;
            }
        }
        Refusal refused = tdx.admission().refuseFree(state, gate.lp(), frame(vm), 0, 1);
        return refused == Refusal.PAGE_METADATA_INCORRECT && !checksFrame ? Refusal.TDX_SUCCESS : refused;
    }

    /** The address of the page for VM {@code vm}, or {@link TablesCall#NULL_PA}. */
    long hpa(int vm) {
        return frame(vm) < 0 ? TablesCall.NULL_PA : tdx.hpa(frame(vm));
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
                outputs.l2(vm, tdx.hpa(frame));
                tdx.giveBack(state, frame, 0);
                tables.set(state, index, vm, FrameRef.NONE);
            }
        }
    }

    /** Sets R9 to R11. */
    static void tellL2(Outputs outputs, long value) {
        for (int vm = 1; vm < REGISTERS; vm++) {
            outputs.l2(vm, value);
        }
    }

    /** Ends because of the page for {@code vm}, or of something else; the pages come back. */
    long end(Refusal refused, int vm, Outputs outputs) {
        comeBack(outputs);
        return switch (refused) {
            case MACHINE_CHECK -> Outcome.EXITS;
            case PROCESSOR_IS_SHUT_DOWN -> Outcome.WAITS;
            default -> Completion.named(refused.name("RDX", "", register(vm))).code();
        };
    }

    /** Ends because of the entry of L2 VM {@code vm} at {@code level}, which RCX and RDX describe; the pages come back. */
    long end(TdxStatus status, State state, int page, int level, int vm, Outputs outputs) {
        comeBack(outputs);
        gate.describeL2(state, page, level, vm, outputs);
        return new Completion(status, vm << 16 | level).code();
    }

    /** The register of VM {@code vm}. */
    static String register(int vm) {
        return "R" + (8 + vm);
    }

    /** The pages are as they were. */
    void comeBack(Outputs outputs) {
        for (int vm = 0; vm < REGISTERS; vm++) {
            tell(outputs, vm, hpa(vm));
        }
    }
}
