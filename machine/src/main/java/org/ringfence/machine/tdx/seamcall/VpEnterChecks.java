package org.ringfence.machine.tdx.seamcall;

import org.ringfence.machine.operation.Cpus;
import org.ringfence.machine.operation.Successors;
import org.ringfence.machine.state.State;
import org.ringfence.machine.tdx.abi.TdxGuard;
import org.ringfence.machine.tdx.module.ModuleLocks.Held;
import org.ringfence.machine.tdx.td.Locks.Kind;
import org.ringfence.machine.tdx.td.Refusal;
import org.ringfence.machine.tdx.td.Tdx;

/**
 * How TDH.VP.ENTER begins, in the module's order: the TD, the vCPU and its association, the epoch. Bound to a TD and a logical processor of the host. Source: TDX module 1.5.01,
 * tdh_vp_enter.c, helpers.c (check_and_associate_vcpu, adjust_tlb_tracking_state).
 */
public record VpEnterChecks(Tdx tdx, int lp, int opStates, boolean checksAssociation, boolean flushes,
        boolean flushesAnothers) {
    /** RUNNABLE, LIVE_EXPORT and LIVE_IMPORT. */
    private static final int OP_STATES = 1 << 2 | 1 << 3 | 1 << 9;

    public static VpEnterChecks of(Tdx tdx, int lp) {
        return new VpEnterChecks(
                tdx,
                lp,
                tdx.guards().checks(TdxGuard.OP_STATE_IS_ALLOWED) ? OP_STATES : -1,
                tdx.guards().checks(TdxGuard.ENTER_VCPU_IS_NOT_ASSOCIATED),
                tdx.guards().checks(TdxGuard.ENTER_FLUSHES_NEW_EPOCH),
                tdx.guards().checks(TdxGuard.ENTER_FLUSHES_AFTER_ANOTHER_VCPU));
    }

    /** Whether the vCPU is with the host so, on whose logical CPU {@code cpu} nothing else runs. */
    boolean isCalled(State state, int vcpu, int cpu, Cpus.Status status) {
        return tdx.vcpus().is(state, vcpu, status) && !tdx.vps().isTaken(state, tdx.vcpus().cpus(), cpu);
    }

    Refusal check(State state, int vcpu, int cpu) {
        Refusal refused = tdx.admission().refusesVcpu(state, lp, vcpu, Held.SHARED, opStates);
        if (refused != Refusal.TDX_SUCCESS) {
            return refused;
        }
        if (!tdx.vps().isWhole(state, vcpu, tdx.control())) {
            return Refusal.TDX_TDCX_NUM_INCORRECT;
        }
        if (!tdx.vps().isReady(state, vcpu) || tdx.vcpus().isInside(state, vcpu)) {
            return Refusal.TDX_VCPU_STATE_INCORRECT;
        }
        if (checksAssociation && tdx.vps().isElsewhere(state, vcpu, cpu)) {
            return Refusal.TDX_VCPU_ASSOCIATED;
        }
        return tdx.locks().isBusy(state, Kind.TD_EPOCH, Held.SHARED)
                ? Refusal.TDX_OPERAND_BUSY_TD_EPOCH
                : Refusal.TDX_SUCCESS;
    }

    /**
     * Where nothing refuses it, the vCPU is inside. Where the epoch is locked it is not, but it is associated: that comes before, and is not undone.
     */
    Refusal enter(State state, int vcpu, int cpu) {
        Refusal refused = check(state, vcpu, cpu);
        if (refused == Refusal.TDX_SUCCESS) {
            commit(state, vcpu, cpu);
        } else if (refused == Refusal.TDX_OPERAND_BUSY_TD_EPOCH) {
            tdx.vps().associate(state, vcpu, cpu);
        }
        return refused;
    }

    /**
     * The vCPU is inside. An association that is fresh needs no flush for another epoch. But translations are of a TD and not of a vCPU: where another vCPU
     * was entered last on the logical CPU, they are flushed whatever the epoch.
     */
    public void commit(State state, int vcpu, int cpu) {
        boolean fresh = tdx.vps().associate(state, vcpu, cpu);
        boolean isOfOldEpoch = tdx.epochs().enter(state, vcpu) && !fresh && flushes;
        if (tdx.vps().takesOver(state, vcpu) && flushesAnothers || isOfOldEpoch) {
            tdx.translations().flush(state, tdx.vps().cpu(state, vcpu));
        }
    }

    /** Whether the vCPU is with the host so, and may enter on {@code cpu}; where a refusal changed anything, that is taken back. */
    public boolean isPossible(State state, int vcpu, int cpu, Cpus.Status status, Successors successors) {
        if (!isCalled(state, vcpu, cpu, status)) {
            return false;
        }
        Refusal refused = check(state, vcpu, cpu);
        refused.undo(successors);
        return refused == Refusal.TDX_SUCCESS;
    }
}
