package org.ringfence.machine.tdx.td;

import java.util.List;
import org.ringfence.machine.operation.Guards;
import org.ringfence.machine.state.FrameRef;
import org.ringfence.machine.state.State;
import org.ringfence.machine.tdx.abi.Ending;
import org.ringfence.machine.tdx.abi.NoReturn;
import org.ringfence.machine.tdx.abi.TdxGuard;
import org.ringfence.machine.tdx.abi.TdxStatus;
import org.ringfence.machine.tdx.module.ModuleLocks.Held;
import org.ringfence.machine.tdx.module.PageMetadata.Found;
import org.ringfence.machine.tdx.module.PageType;
import org.ringfence.machine.tdx.td.TdLocks.Kind;

/**
 * What keeps the host's leaves from a TD before they come to what they are about, in the module's order: the module
 * itself, the root page of the vCPU where the leaf is on one, the TD's root page, the TD and its OP_STATE.
 *
 * <p>Source: TDX module 1.5.01, helpers.c (check_lock_and_map_explicit_tdr, lock_and_map_implicit_tdr,
 * check_and_lock_explicit_4k_private_hpa, check_state_map_tdcs_and_lock); td_exit.c releases what TDH.VP.ENTER holds.
 *
 * @param checksLocks whether leaves look at the locks of root pages
 * @param checksOpState whether leaves look at OP_STATE
 * @param all those of the module's other TDs, whose vCPUs hold pages too
 */
public record Admission(TdRoot root, TdLocks locks, Tdcs control, Vcpus vcpus, Tdvps vps, boolean checksLocks,
        boolean checksOpState, List<Admission> all) {
    public Admission {
        all = List.copyOf(all);
    }

    static Admission of(TdRoot root, TdLocks locks, Tdcs control, Vcpus vcpus, Tdvps vps, Guards guards) {
        return new Admission(
                root, locks, control, vcpus, vps, guards.checks(TdxGuard.PAGE_OPERAND_IS_NOT_LOCKED),
                guards.checks(TdxGuard.OP_STATE_IS_ALLOWED), List.of());
    }

    /**
     * Locks the root page of the TD. Source: helpers.c (check_lock_and_map_explicit_tdr).
     *
     * @param lp the logical processor that calls
     * @param held exclusively it cannot be while a vCPU is inside, as TDH.VP.ENTER holds it shared until the TD exit
     * @param invalid where there is no such TD, so that no address names it
     */
    public Ending lockTdr(State state, int lp, Held held, Ending invalid, Ending busy) {
        return checksLocks
                && (held == Held.EXCLUSIVE && vcpus.isAnyInside(state)
                        || locks.underWay().isBusy(state, LeafLocks.Lock.TDR, held))
                                ? busy
                                : root.lockTdr(state, lp, held, invalid, busy);
    }

    /** Locks, shared, the root page of the TD that owns a page. Source: helpers.c (lock_and_map_implicit_tdr). */
    public Ending lockOwner(State state, int lp, Ending busy) {
        return lockTdr(state, lp, Held.SHARED, busy, busy);
    }

    /**
     * The OP_STATEs in which a leaf runs, one bit each, where its own are {@code opStates}: all where nobody checks
     * that.
     */
    public int allowed(int opStates) {
        return checksOpState ? opStates : -1;
    }

    /**
     * Checks the TD and its OP_STATE, for a leaf that holds the root page exclusively. Source: helpers.c
     * (check_state_map_tdcs_and_lock).
     *
     * @param opStates in which the leaf runs, one bit each
     */
    public Ending checkTd(State state, int opStates) {
        Ending refused = root.checkTd(state);
        return refused == TdxStatus.TDX_SUCCESS ? checkOpState(state, opStates) : refused;
    }

    /** As {@link #checkTd(State, int)}, for a leaf that holds the root page shared, and locks OP_STATE. */
    public Ending checkTd(State state, int opStates, Ending busyOpState) {
        Ending refused = root.checkTd(state);
        if (refused != TdxStatus.TDX_SUCCESS) {
            return refused;
        }
        return locks.isBusy(state, Kind.OP_STATE, Held.SHARED) ? busyOpState : checkOpState(state, opStates);
    }

    private Ending checkOpState(State state, int opStates) {
        return (opStates >> control.opState(state).ordinal() & 1) == 0
                ? TdxStatus.TDX_OP_STATE_INCORRECT
                : TdxStatus.TDX_SUCCESS;
    }

    /**
     * Locks the root page of a vCPU. Source: helpers.c (check_and_lock_explicit_4k_private_hpa).
     *
     * @param invalid where there is no such vCPU
     * @param metadata where the root page is reclaimed already
     */
    public Ending lockTdvpr(
            State state, int lp, int vcpu, Held held, Ending invalid, Ending busy, Ending metadata) {
        int frame = vps.tdvpr(state, vcpu);
        if (vps.life()) {
            if (frame == FrameRef.NONE) {
                return invalid;
            }
            Found found = root.find(state, lp, frame, PageType.PT_TDVPR, held);
            if (found != Found.OK) {
                return switch (found) {
                    case BUSY -> busy;
                    case MACHINE_CHECK -> NoReturn.MACHINE_CHECK;
                    case METADATA_INCORRECT, ADDR_RANGE_ERROR, MISSING_PAMT_PAGE_PAIR, IS_PAMT, OK -> metadata;
                };
            }
        }
        return checksLocks
                && (held == Held.EXCLUSIVE && vcpus.isInside(state, vcpu)
                        || locks.underWay().isTdvprBusy(state, vcpu, held))
                                ? busy
                                : TdxStatus.TDX_SUCCESS;
    }

    /** This with all of the module's TDs, of which {@code all} has one each. */
    Admission among(List<Admission> all) {
        return new Admission(root, locks, control, vcpus, vps, checksLocks, checksOpState, all);
    }

    /**
     * Whether the lock of a page from {@code frame} on is held while a leaf on this TD runs: a vCPU that is inside its
     * TD holds that of its TDVPR and of its TDR, and the leaf that of the TDR.
     */
    boolean isHeld(State state, int frame, int span) {
        if (isAmong(root.frame(state), frame, span) || holds(state, frame, span)) {
            return true;
        }
        for (int td = 0; td < all.size(); td++) {
            if (all.get(td).holds(state, frame, span)) {
                return true;
            }
        }
        return false;
    }

    /** Whether a leaf under way, on whatever TD, was given a page from {@code frame} on. */
    boolean isHeldByLeaf(State state, int frame, int span) {
        if (locks.underWay().holdsPage(state, frame, span)) {
            return true;
        }
        for (int td = 0; td < all.size(); td++) {
            if (all.get(td).locks.underWay().holdsPage(state, frame, span)) {
                return true;
            }
        }
        return false;
    }

    /**
     * Whether a vCPU that is inside holds, shared, the lock of a page from {@code frame} on: of its TDVPR or of the
     * TDR; or a leaf under way, in whatever way.
     */
    boolean holds(State state, int frame, int span) {
        boolean isInside = locks.underWay().isBusy(state, LeafLocks.Lock.TDR, Held.EXCLUSIVE);
        if (locks.underWay().holdsPage(state, frame, span)) {
            return true;
        }
        for (int vcpu = 0; vcpu < vcpus.count(); vcpu++) {
            boolean isEntered = vcpus.isInside(state, vcpu);
            if (isEntered || locks.underWay().isTdvprBusy(state, vcpu, Held.EXCLUSIVE)) {
                isInside |= isEntered;
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
