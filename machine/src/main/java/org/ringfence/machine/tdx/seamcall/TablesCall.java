package org.ringfence.machine.tdx.seamcall;

import java.util.List;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Frame;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Results;
import org.ringfence.machine.state.FrameRef;
import org.ringfence.machine.tdx.abi.Ending;
import org.ringfence.machine.tdx.abi.Endings;
import org.ringfence.machine.tdx.abi.Leaf;
import org.ringfence.machine.tdx.abi.ModuleCall;
import org.ringfence.machine.tdx.abi.TdxGuard;
import org.ringfence.machine.tdx.abi.TdxStatus;
import org.ringfence.machine.tdx.sept.SeptOperand;
import org.ringfence.machine.tdx.td.Tdx;
import org.ringfence.machine.tdx.td.TdxFeature;

/**
 * A leaf of the host's that makes tables beside one Secure EPT entry, L1's and those of L2 VMs, of the pages in R8 to
 * R11. Its results are RAX, as {@link org.ringfence.machine.tdx.abi.Completion#code()} packs it. Needs
 * {@link TdxFeature#L2_TABLES}. An interrupt between two tables is left out.
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

    /** Its checks in their order, and what it does, at the entry. */
    TdCall.Bound bind(Tdx tdx, SeptWalk walk, TablePages pages, int page, int level);

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
        int lp = tdx.lp(actor);
        SeptWalk walk = SeptWalk.of(tdx, rule());
        TablePages pages = TablePages.of(tdx, lp, walk, frames(), frameGuard());
        TdCall.Bound leaf = bind(tdx, walk, pages, rule().page(tdx, rcx()), SeptOperand.level(rcx()));
        return (state, outputs) -> {
            Ending ending = tdx.root().dispatch(state, lp);
            if (ending == TdxStatus.TDX_SUCCESS) {
                ending = leaf.perform(state, outputs);
            }
            return Endings.coded(ending);
        };
    }
}
