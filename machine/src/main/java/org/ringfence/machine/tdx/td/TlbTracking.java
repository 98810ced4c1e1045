package org.ringfence.machine.tdx.td;

import org.ringfence.machine.state.State;
import org.ringfence.machine.tdx.abi.TdxGuard;

/**
 * Where a leaf takes an entry away that guests may have translations through: in a TD that runs, the entry must be
 * blocked, and no translation of it be left. Source: TDX module 1.5.01, helpers.h (is_tlb_tracked), sept_state_lookup.c
 * (tlb_tracking_required).
 */
public record TlbTracking(Tdx tdx, boolean checksBlocked, boolean checksTracked) {

    public static TlbTracking of(Tdx tdx, TdxGuard blocked, TdxGuard tracked) {
        return new TlbTracking(tdx, tdx.guards().checks(blocked), tdx.guards().checks(tracked));
    }

    /** Whether the entry must be blocked first. */
    public boolean needsBlock(State state, int page, int level) {
        return checksBlocked && isNeeded(state, page, level) && !tdx.sept().state(state, page, level).isBlocked();
    }

    /** Whether translations through the entry, which is blocked, may be left. */
    public boolean needsTrack(State state, int page, int level) {
        return checksTracked && isNeeded(state, page, level) && !tdx.epochs().isTracked(state, page, level);
    }

    private boolean isNeeded(State state, int page, int level) {
        return tdx.sept().state(state, page, level).needsTracking() && tdx.control().opState(state).tracksTlbs();
    }
}
