package org.ringfence.machine.tdx.td;

import org.ringfence.machine.state.Declaration;
import org.ringfence.machine.state.Enumerated;
import org.ringfence.machine.state.State;
import org.ringfence.machine.tdx.host.HoldTdLock;
import org.ringfence.machine.tdx.module.ModuleLocks.Held;

/**
 * Locks of a TD that leaves on other logical CPUs hold meanwhile. A leaf is atomic here, so that its own locks never
 * show; {@link HoldTdLock} stands for one that takes long on another CPU. Source: TDX module 1.5.01, tdx_locks.h.
 *
 * @param kept whether the machine has them
 */
public record Locks(boolean kept, Enumerated<Held> held) {

    /** What is locked. */
    public enum Kind {
        /** The TDR page, in its PAMT entry, where the machine has no module with locks of its own. */
        TDR,
        /** OP_STATE. */
        OP_STATE,
        /** The Secure EPT as a whole. */
        SEPT_TREE,
        /** TD_EPOCH. */
        TD_EPOCH
    }

    static Locks declare(Declaration declaration, boolean kept) {
        return new Locks(
                kept,
                declaration
                        .table("lock", "kind", kept ? Kind.values().length : 0)
                        .enumerated("held", Held.class));
    }

    /** Whether a leaf that wants {@code kind} so must give up. */
    public boolean isBusy(State state, Kind kind, Held wanted) {
        if (!kept || wanted == Held.FREE) {
            return false;
        }
        int now = held.ordinal(state, kind.ordinal());
        return now == Held.EXCLUSIVE.ordinal() || now == Held.SHARED.ordinal() && wanted == Held.EXCLUSIVE;
    }
}
