package org.ringfence.machine.tdx.td;

import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Outcome;
import org.ringfence.machine.state.FrameRef;
import org.ringfence.machine.state.State;
import org.ringfence.machine.tdx.abi.Leaf;
import org.ringfence.machine.tdx.abi.Outputs;
import org.ringfence.machine.tdx.abi.TdxStatus;
import org.ringfence.machine.tdx.module.ModuleLocks.Held;
import org.ringfence.machine.tdx.module.PageMetadata.Found;
import org.ringfence.machine.tdx.sept.SeptTable;
import org.ringfence.machine.tdx.td.LeafLocks.Lock;

/**
 * A leaf that takes its locks in one step, and in the next makes its checks, commits and gives the locks back. Between
 * the two, others find locked what it holds. A leaf that cannot have all of its locks, or is refused before it would
 * take the last, is one step as ever: it holds locks for so short a time only that nobody is told.
 *
 * <p>The second step is the whole leaf again, on a TD whose locks it does not hold: what it checked before cannot have
 * changed, as the locks say so, and what nobody locks is read when it is committed, as the module does. Where it then
 * has to wait, as for a vCPU that somebody else has entered, it begins anew.
 *
 * @param actor who calls
 * @param lp the logical processor of the call
 * @param opStates in which the leaf gets as far as its locks
 * @param vcpu the vCPU that it is on
 * @param page the first page of the entry that it is on; negative for none
 * @param level the entry's
 * @param frame the page that it is given; {@link FrameRef#NONE} for none: a leaf that takes one away then holds that of
 *     the entry
 * @param frameLevel the level of that page
 */
public record LeafInSteps(
        Tdx tdx, LeafLocks locks, Actor actor, int lp, int opStates, int vcpu, int page, int level, int frame,
        int frameLevel) {

    /** A leaf of the host's on a TD or a vCPU, and on no entry. */
    public static LeafInSteps ofHost(Tdx tdx, LeafLocks locks, Actor actor, int lp, int vcpu, int frame) {
        return new LeafInSteps(tdx, locks, actor, lp, -1, vcpu, -1, 0, frame, 0);
    }

    /** A leaf of the guest's on an entry. */
    public static LeafInSteps ofGuest(Tdx tdx, LeafLocks locks, Actor actor, int page, int level) {
        return new LeafInSteps(tdx, locks, actor, 0, -1, 0, page, level, FrameRef.NONE, 0);
    }

    /** Whether leaves of {@code actor} on {@code tdx} take two steps. */
    public static boolean has(Tdx tdx, Actor actor) {
        LeavesUnderWay underWay = tdx.locks().underWay();
        return underWay.kept() && actor.index() >= 0 && actor.index() < underWay.actors();
    }

    /** {@code leaf}, which is one step, in two. */
    public Leaf of(Leaf leaf) {
        return (state, outputs) -> underWay().isUnderWay(state, actor.index())
                ? end(state, outputs, leaf)
                : begin(state, outputs, leaf);
    }

    private LeavesUnderWay underWay() {
        return tdx.locks().underWay();
    }

    private boolean hasEntry() {
        return locks.held(Lock.SEPT_ENTRY) != Held.FREE;
    }

    private long begin(State state, Outputs outputs, Leaf leaf) {
        if (!canLock(state)) {
            return leaf.take(state, outputs);
        }
        boolean takesAway = frame == FrameRef.NONE && hasEntry() && locks.held(Lock.PAGE) != Held.FREE;
        int held = takesAway ? entries().frame().get(state, entry()) : frame;
        int heldLevel = takesAway && entries().state().get(state, entry()).isLeaf() ? level : frameLevel;
        underWay().begin(state, actor.index(), locks, vcpu, held, held == FrameRef.NONE ? 0 : heldLevel);
        if (hasEntry()) {
            entries().lock().set(state, entry(), SeptTable.BY_LEAF);
            entries().hostPriority().set(state, entry(), 0);
        }
        return Outcome.STAYS;
    }

    private long end(State state, Outputs outputs, Leaf leaf) {
        underWay().end(state, actor.index());
        int waiting = 0;
        if (hasEntry()) {
            waiting = entries().hostPriority().get(state, entry());
            entries().hostPriority().set(state, entry(), 0);
            entries().lock().set(state, entry(), 0);
        }
        long code = isGuests() && tdx.isFatal(state) ? leaveFatal(state) : leaf.take(state, outputs);
        if (waiting != 0) {
            entries().hostPriority().set(state, entry(), waiting);
        }
        return code == Outcome.WAITS ? Outcome.STAYS : code;
    }

    /** A vCPU that comes to the end of a TDCALL after another one has made the TD fatal. */
    private long leaveFatal(State state) {
        tdx.vcpus().exit(state, tdx.vcpus().of(actor), TdExitReason.EXTERNAL_INTERRUPT_WHEN_FATAL);
        return Outcome.EXITS;
    }

    /** Whether the leaf gets all of its locks. */
    private boolean canLock(State state) {
        return isGuests() ? tdx.runs(state, actor) && canLockEntry(state) && !isHostWaiting(state) : canHostLock(state);
    }

    private boolean isGuests() {
        return locks.held(Lock.TDR) == Held.FREE;
    }

    private boolean canHostLock(State state) {
        Admission admission = tdx.admission();
        return tdx.root().dispatch(state, lp) == TdxStatus.TDX_SUCCESS
                && (locks.held(Lock.TDVPR) == Held.FREE
                        || admission.lockTdvpr(
                                state, lp, vcpu, locks.held(Lock.TDVPR), TdxStatus.TDX_OPERAND_INVALID,
                                TdxStatus.TDX_OPERAND_BUSY,
                                TdxStatus.TDX_PAGE_METADATA_INCORRECT) == TdxStatus.TDX_SUCCESS)
                && admission.lockTdr(
                        state, lp, locks.held(Lock.TDR), TdxStatus.TDX_OPERAND_INVALID,
                        TdxStatus.TDX_OPERAND_BUSY) == TdxStatus.TDX_SUCCESS
                && (locks.held(Lock.OP_STATE) == Held.FREE
                        || admission.checkTd(
                                state, opStates, TdxStatus.TDX_OPERAND_BUSY) == TdxStatus.TDX_SUCCESS)
                && !tdx.locks().isBusy(state, TdLocks.Kind.SEPT_TREE, locks.held(Lock.SEPT_TREE))
                && !tdx.locks().isBusy(state, TdLocks.Kind.TD_EPOCH, locks.held(Lock.TD_EPOCH))
                && (!hasEntry() || canLockEntry(state))
                && (frame == FrameRef.NONE || canLockPage(state));
    }

    private boolean canLockEntry(State state) {
        return page >= 0
                && tdx.sept().keeps(level)
                && tdx.sept().reached(state, page, level) == level
                && entries().lock().get(state, entry()) == 0;
    }

    private boolean isHostWaiting(State state) {
        return entries().hostPriority().get(state, entry()) != 0;
    }

    private boolean canLockPage(State state) {
        int span = tdx.sept().span(frameLevel);
        return frame >= 0
                && frame % span == 0
                && frame + span <= tdx.geometry().frames()
                && tdx.root().findFree(state, lp, frame, frameLevel) == Found.OK
                && !underWay().holdsPage(state, frame, span);
    }

    private SeptTable entries() {
        return tdx.sept().table(level);
    }

    private int entry() {
        return tdx.sept().index(page, level);
    }
}
