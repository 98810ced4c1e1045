package org.ringfence.machine.tdx.td;

import org.ringfence.machine.operation.Guards;
import org.ringfence.machine.state.FrameRef;
import org.ringfence.machine.state.State;
import org.ringfence.machine.tdx.abi.TdxGuard;
import org.ringfence.machine.tdx.module.ModuleLocks.Held;
import org.ringfence.machine.tdx.module.PageType;
import org.ringfence.machine.tdx.seamcall.EntryCall;
import org.ringfence.machine.tdx.td.Locks.Kind;

/**
 * What keeps the host's leaves from a TD before they come to what they are about, in the module's order: the module itself, the root page of the vCPU where the leaf is
 * on one, the TD's root page, the TD and its OP_STATE.
 *
 * <p>Source: TDX module 1.5.01, helpers.c (check_lock_and_map_explicit_tdr, lock_and_map_implicit_tdr, check_and_lock_explicit_4k_private_hpa,
 * check_state_map_tdcs_and_lock); td_exit.c releases what TDH.VP.ENTER holds.
 *
 * @param checksLocks whether leaves look at the locks of root pages
 */
public record Admission(TdRoot root, Locks locks, Tdcs control, Vcpus vcpus, Tdvps vps, boolean checksLocks) {

    static Admission of(TdRoot root, Locks locks, Tdcs control, Vcpus vcpus, Tdvps vps, Guards guards) {
        return new Admission(
                root, locks, control, vcpus, vps, guards.checks(TdxGuard.PAGE_OPERAND_IS_NOT_LOCKED));
    }

    /**
     * What keeps a leaf of the host's from a TD that its root page names.
     *
     * @param lp the logical processor that calls
     * @param tdr how the root page is held; exclusively it cannot be while a vCPU is inside, as TDH.VP.ENTER holds it shared until the TD exit
     * @param opStates in which the leaf runs, one bit each
     */
    public Refusal refuses(State state, int lp, Held tdr, int opStates) {
        Refusal refused = root.refuseCall(state, lp);
        if (refused == Refusal.TDX_SUCCESS) {
            refused = refusesTdr(state, lp, tdr);
        }
        return refused == Refusal.TDX_SUCCESS ? refusesTd(state, tdr, opStates) : refused;
    }

    /** What keeps a leaf of the host's from a vCPU that its root page names, and from its TD. */
    public Refusal refusesVcpu(State state, int lp, int vcpu, Held tdvpr, int opStates) {
        Refusal refused = refusesTdvpr(state, lp, vcpu, tdvpr);
        return refused == Refusal.TDX_SUCCESS ? refusesTd(state, Held.SHARED, opStates) : refused;
    }

    /** What keeps a leaf of the host's from the root page of a vCPU, held so, and from its TD's, held shared. */
    public Refusal refusesTdvpr(State state, int lp, int vcpu, Held tdvpr) {
        Refusal refused = root.refuseCall(state, lp);
        if (refused != Refusal.TDX_SUCCESS) {
            return refused;
        }
        int frame = vps.tdvpr(state, vcpu);
        if (vps.life()) {
            if (frame == FrameRef.NONE) {
                return Refusal.TDVPR_INVALID;
            }
            refused = root.refusePage(state, lp, frame, PageType.PT_TDVPR, tdvpr);
        }
        if (refused == Refusal.PAGE_METADATA_INCORRECT) {
            return Refusal.TDVPR_METADATA_INCORRECT;
        }
        if (refused == Refusal.PAGE_BUSY || tdvpr == Held.EXCLUSIVE && checksLocks && vcpus.isInside(state, vcpu)) {
            return Refusal.TDVPR_BUSY;
        }
        return refused == Refusal.TDX_SUCCESS ? refusesTdr(state, lp, Held.SHARED) : refused;
    }

    private Refusal refusesTdr(State state, int lp, Held held) {
        return held == Held.EXCLUSIVE && checksLocks && vcpus.isAnyInside(state)
                ? Refusal.TDR_BUSY
                : root.refuseTdr(state, lp, held);
    }

    /** The TD, and its OP_STATE, which who holds the root page exclusively need not lock. Source: helpers.c (check_state_map_tdcs_and_lock). */
    private Refusal refusesTd(State state, Held tdr, int opStates) {
        Refusal refused = root.refuseTd(state);
        if (refused != Refusal.TDX_SUCCESS) {
            return refused;
        }
        if (tdr != Held.EXCLUSIVE && locks.isBusy(state, Kind.OP_STATE, Held.SHARED)) {
            return Refusal.TDX_OPERAND_BUSY_OP_STATE;
        }
        return (opStates >> control.opState(state).ordinal() & 1) == 0
                ? Refusal.TDX_OP_STATE_INCORRECT
                : Refusal.TDX_SUCCESS;
    }

    /**
     * What keeps a leaf from a page that the TD shall have: of 4K, or from {@code frame} on as many as a page of {@code level} has. A page that a vCPU
     * of the TD's holds while it is inside is busy, whatever else is wrong with it.
     */
    public Refusal refuseFree(State state, int lp, int frame, int level, int span) {
        if (frame == EntryCall.OUTSIDE.index()) {
            return Refusal.PAGE_ADDR_RANGE_ERROR;
        }
        if (frame < 0 || frame % span != 0) {
            return Refusal.PAGE_INVALID;
        }
        Refusal refused = root.refuseFree(state, lp, frame, level);
        return refused == Refusal.PAGE_METADATA_INCORRECT && checksLocks && holds(state, frame, span)
                ? Refusal.PAGE_BUSY
                : refused;
    }

    /** Whether a vCPU that is inside holds, shared, the lock of a page from {@code frame} on: of its TDVPR or of the TDR. */
    boolean holds(State state, int frame, int span) {
        boolean isInside = false;
        for (int vcpu = 0; vcpu < vcpus.count(); vcpu++) {
            if (vcpus.isInside(state, vcpu)) {
                isInside = true;
                if (isAmong(vps.tdvpr(state, vcpu), frame, span)) {
                    return true;
                }
            }
        }
        return isInside && isAmong(root.frame(state), frame, span);
    }

    private static boolean isAmong(int page, int frame, int span) {
        return page != FrameRef.NONE && page >= frame && page < frame + span;
    }
}
