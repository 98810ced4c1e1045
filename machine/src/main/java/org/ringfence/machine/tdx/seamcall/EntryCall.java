package org.ringfence.machine.tdx.seamcall;

import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Frame;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Results;
import org.ringfence.machine.state.FrameRef;
import org.ringfence.machine.state.State;
import org.ringfence.machine.tdx.abi.Leaf;
import org.ringfence.machine.tdx.abi.ModuleCall;
import org.ringfence.machine.tdx.abi.ModuleStatus;
import org.ringfence.machine.tdx.abi.Outputs;
import org.ringfence.machine.tdx.adversary.EntryFamily;
import org.ringfence.machine.tdx.sept.SeptOperand;
import org.ringfence.machine.tdx.td.Refusal;
import org.ringfence.machine.tdx.td.Tdx;

/**
 * A leaf function of the host's on one Secure EPT entry: its {@link SeptEntryChecks}, then what it {@linkplain EntryWork does} there. {@link EntryFamily} is the
 * same for every entry, and every frame.
 *
 * @param <R> the statuses that it ends with
 */
public interface EntryCall<R extends Enum<R> & ModuleStatus> extends ModuleCall<R> {

    /** The TD, from 0: RDX is its TDR. */
    int td();

    /** The entry. */
    long rcx();

    /** The page given in R8; {@link #NO_FRAME} where the leaf is given none. */
    default Frame frame() {
        return NO_FRAME;
    }

    /** What stands for the frame of a leaf that is given none. */
    Frame NO_FRAME = new Frame(FrameRef.NONE);

    /** What stands for a physical address that is no frame of the machine's, but well formed. */
    Frame OUTSIDE = new Frame(FrameRef.NONE - 1);

    /** What the module's tables say of this leaf. */
    SeptRule rule();

    /** The enum of its results. */
    Class<R> type();

    /** What it does, on a TD, called by logical processor {@code lp}. */
    EntryWork work(Tdx tdx, int lp);

    @Override
    default Results<R> results() {
        return new Results.Closed<>(type());
    }

    @Override
    default Leaf leaf(Machine machine, Actor actor) {
        Tdx tdx = Tdx.of(machine, td());
        SeptEntryChecks gate = SeptEntryChecks.of(tdx, rule(), tdx.lp(actor));
        EntryWork work = work(tdx, gate.lp());
        Codes codes = Codes.of(type(), "RDX", "", "R8");
        if (gate.isInvalid(rcx())) {
            return (state, outputs) -> {
                Refusal refused = gate.td(state);
                return codes.of(refused == Refusal.TDX_SUCCESS ? Refusal.TDX_OPERAND_INVALID_RCX : refused);
            };
        }
        tdx.sept().require(rcx());
        int page = tdx.sept().page(rcx());
        int level = SeptOperand.level(rcx());
        int frame = frame().index();
        return (state, outputs) -> {
            Refusal refused = gate.td(state);
            return codes.of(refused == Refusal.TDX_SUCCESS
                    ? perform(gate, work, state, page, level, frame, outputs)
                    : refused);
        };
    }

    private static Refusal perform(
            SeptEntryChecks gate, EntryWork work, State state, int page, int level, int frame, Outputs outputs) {
        Refusal refused = gate.entry(state, page, level);
        if (refused != Refusal.TDX_OPERAND_BUSY_SEPT_TREE && refused != Refusal.TDX_EPT_WALK_FAILED_RCX) {
            gate.touchLock(state, page, level);
        }
        if (refused == Refusal.TDX_SUCCESS) {
            refused = work.check(state, page, level);
        }
        if (refused == Refusal.TDX_SUCCESS && work.frames(level) > 0) {
            refused = checkFrame(gate.tdx(), gate.lp(), work, state, page, level, frame);
        }
        if (refused == Refusal.TDX_SUCCESS) {
            work.commit(state, page, level, frame, outputs);
            return gate.tdx().root().comesBack(state, gate.lp()) ? refused : Refusal.MACHINE_CHECK;
        }
        if (refused.describesEntry()) {
            gate.describe(state, page, level, outputs);
        }
        return refused;
    }

    /** The check of a page given in R8. Source: TDX module 1.5.01, helpers.c (check_and_lock_explicit_private_hpa). */
    static Refusal checkFrame(Tdx tdx, int lp, EntryWork work, State state, int page, int level, int frame) {
        Refusal refused = work.checkFrame(state, page, level, frame);
        if (refused != Refusal.TDX_SUCCESS) {
            return refused;
        }
        int span = work.frames(level);
        refused = tdx.admission().refuseFree(state, lp, frame, span == 1 ? 0 : level, span);
        return refused == Refusal.PAGE_METADATA_INCORRECT && !work.checksFrame() ? Refusal.TDX_SUCCESS : refused;
    }
}
