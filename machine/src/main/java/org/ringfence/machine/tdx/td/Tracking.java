package org.ringfence.machine.tdx.td;

import org.ringfence.machine.state.State;
import org.ringfence.machine.tdx.abi.TdxGuard;
import org.ringfence.machine.tdx.sept.SeptState;

/**
 * Where a leaf takes an entry away that guests may have translations through: in a TD that runs, the entry must be blocked, and no translation of it be left.
 * Source: TDX module 1.5.01, helpers.h (is_tlb_tracked), sept_state_lookup.c (tlb_tracking_required).
 */
public record Tracking(Tdx tdx, boolean checksBlocked, boolean checksTracked) {

    public static Tracking of(Tdx tdx, TdxGuard blocked, TdxGuard tracked) {
        return new Tracking(tdx, tdx.guards().checks(blocked), tdx.guards().checks(tracked));
    }

    public Refusal check(State state, int page, int level) {
        SeptState found = tdx.sept().state(state, page, level);
        if (!found.needsTracking() || !tdx.control().opState(state).tracksTlbs()) {
            return Refusal.TDX_SUCCESS;
        }
        if (!found.isBlocked() && checksBlocked) {
            return Refusal.TDX_GPA_RANGE_NOT_BLOCKED_RCX;
        }
        return !checksTracked || tdx.epochs().isTracked(state, page, level)
                ? Refusal.TDX_SUCCESS
                : Refusal.TDX_TLB_TRACKING_NOT_DONE_RCX;
    }
}
