package org.ringfence.machine.tdx.td;

import org.ringfence.machine.state.Declaration;
import org.ringfence.machine.state.Enumerated;
import org.ringfence.machine.state.State;
import org.ringfence.machine.tdx.host.HoldTdLock;
import org.ringfence.machine.tdx.module.ModuleLocks.Held;
import org.ringfence.machine.tdx.td.LeafLocks.Lock;

/**
 * Locks of a TD that leaves on other logical CPUs hold meanwhile: those of {@link LeavesUnderWay}, and those that
 * {@link HoldTdLock} takes, which stands for a leaf of somebody who runs no software. Without
 * {@link TdxFeature#STEPS} a leaf is one step, and its own locks never show. Source: TDX module 1.5.01, tdx_locks.h.
 *
 * @param kept whether the machine has locks that {@link HoldTdLock} takes
 */
public record TdLocks(boolean kept, Enumerated<Held> held, LeavesUnderWay underWay) {

    /** What is locked. */
    public enum Kind {
        /** The TDR page, in its PAMT entry, where the machine has no module with locks of its own. */
        TDR(Lock.TDR),
        /** OP_STATE. */
        OP_STATE(Lock.OP_STATE),
        /** The Secure EPT as a whole. */
        SEPT_TREE(Lock.SEPT_TREE),
        /** TD_EPOCH. */
        TD_EPOCH(Lock.TD_EPOCH);

        private final Lock ofLeaves;

        Kind(Lock ofLeaves) {
            this.ofLeaves = ofLeaves;
        }
    }

    static TdLocks declare(Declaration declaration, boolean kept, LeavesUnderWay underWay) {
        return new TdLocks(
                kept,
                declaration
                        .table("lock", "kind", kept ? Kind.values().length : 0)
                        .enumerated("held", Held.class),
                underWay);
    }

    /** Whether a leaf that wants {@code kind} so must give up. */
    public boolean isBusy(State state, Kind kind, Held wanted) {
        if (wanted == Held.FREE) {
            return false;
        }
        if (underWay.isBusy(state, kind.ofLeaves, wanted)) {
            return true;
        }
        if (!kept) {
            return false;
        }
        int now = held.ordinal(state, kind.ordinal());
        return now == Held.EXCLUSIVE.ordinal() || now == Held.SHARED.ordinal() && wanted == Held.EXCLUSIVE;
    }
}
