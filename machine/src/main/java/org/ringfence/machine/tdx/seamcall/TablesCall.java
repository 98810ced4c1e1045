package org.ringfence.machine.tdx.seamcall;

import java.util.List;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Frame;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Results;
import org.ringfence.machine.state.FrameRef;
import org.ringfence.machine.state.State;
import org.ringfence.machine.tdx.abi.Leaf;
import org.ringfence.machine.tdx.abi.ModuleCall;
import org.ringfence.machine.tdx.abi.Outputs;
import org.ringfence.machine.tdx.abi.TdxGuard;
import org.ringfence.machine.tdx.sept.SeptOperand;
import org.ringfence.machine.tdx.td.Refusal;
import org.ringfence.machine.tdx.td.Tdx;
import org.ringfence.machine.tdx.td.TdxFeature;

/**
 * A leaf of the host's that makes tables beside one Secure EPT entry, L1's and those of L2 VMs, of the pages in R8 to R11. Its results are RAX, as {@link
 * org.ringfence.machine.tdx.abi.Completion#code()} packs it. Needs {@link TdxFeature#L2_TABLES}. An interrupt between two tables is left out.
 */
public interface TablesCall extends ModuleCall<Long> {

    /** What stands for a page that is not given. */
    Frame NONE = new Frame(FrameRef.NONE - 2);

    /** What a register holds instead of a page. */
    long NULL_PA = -1;

    /** A page was not used. */
    long UNUSED = 1L << 63;

    /** The TD, from 0: RDX is its TDR. */
    int td();

    /** The entry. */
    long rcx();

    /** R8 to R11: the frame of L1's table, and those of L2 VMs 1 to 3; {@link #NONE} for none. */
    List<Frame> frames();

    /** What the module's tables say of this leaf. */
    SeptRule rule();

    /** The check that pages are PT_NDA. */
    TdxGuard frameGuard();

    /** What it does at the entry. */
    Work work(Tdx tdx, TablePages pages, int page, int level);

    /** What a leaf does at an entry to which its {@link SeptEntryChecks} has let it. */
    interface Work {
        /** What L1's entry is refused for, before any page is looked at or with R8. */
        Refusal refuse(State state);

        /** Looks at the L2 VMs and their pages, and does it. The code of the result. */
        long take(State state, Outputs outputs);
    }

    /** Four pages, or none in a place. */
    static List<Frame> pages(List<Frame> frames) {
        if (frames.size() != TablePages.REGISTERS) {
            throw new IllegalArgumentException("R8 to R11 are 4 pages or none in a place, not " + frames.size());
        }
        return List.copyOf(frames);
    }

    @Override
    default Results<Long> results() {
        return new Results.Value();
    }

    @Override
    default Leaf leaf(Machine machine, Actor actor) {
        Tdx tdx = Tdx.of(machine, td());
        if (!tdx.options().has(TdxFeature.L2_TABLES)) {
            throw new IllegalStateException(
                    this + ": L2 VMs have every table that L1 has; the machine lacks the feature L2_TABLES");
        }
        SeptEntryChecks gate = SeptEntryChecks.of(tdx, rule(), tdx.lp(actor));
        TablePages pages = new TablePages(tdx, gate, frames(), tdx.guards().checks(frameGuard()));
        if (gate.isInvalid(rcx())) {
            return (state, outputs) -> {
                Refusal refused = gate.td(state);
                return pages.end(
                        refused == Refusal.TDX_SUCCESS ? Refusal.TDX_OPERAND_INVALID_RCX : refused, 0, outputs);
            };
        }
        tdx.sept().require(rcx());
        int page = tdx.sept().page(rcx());
        int level = SeptOperand.level(rcx());
        Work work = work(tdx, pages, page, level);
        return (state, outputs) -> {
            Refusal refused = gate.td(state);
            if (refused == Refusal.TDX_SUCCESS) {
                refused = gate.entry(state, page, level);
                if (refused != Refusal.TDX_OPERAND_BUSY_SEPT_TREE && refused != Refusal.TDX_EPT_WALK_FAILED_RCX) {
                    gate.touchLock(state, page, level);
                }
                if (refused == Refusal.TDX_SUCCESS) {
                    refused = work.refuse(state);
                }
                if (refused.describesEntry()) {
                    gate.describe(state, page, level, outputs);
                }
            }
            return refused == Refusal.TDX_SUCCESS ? work.take(state, outputs) : pages.end(refused, 0, outputs);
        };
    }
}
