package org.ringfence.machine.tdx;

import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Results;
import org.ringfence.machine.state.State;
import org.ringfence.machine.tdx.abi.Leaf;
import org.ringfence.machine.tdx.abi.ModuleCall;
import org.ringfence.machine.tdx.abi.ModuleStatus;

/**
 * TDH.VP.FLUSH, SEAMCALL leaf 18: ends a vCPU's association with the logical CPU of the call, and flushes the TD's translations there. A fatal TD does not
 * keep it from that. Source: TDX module 1.5.01, tdh_vp_flush.c.
 *
 * @param td the TD, from 0
 * @param vcpu from 0: RCX is its TDVPR
 * @param lp the logical CPU on which the host calls
 */
public record TdhVpFlush(int td, int vcpu, int lp) implements ModuleCall<TdhVpFlush.Result> {

    /** How TDH.VP.FLUSH ends. */
    public enum Result implements ModuleStatus {
        TDX_SUCCESS,
        TDX_TD_KEYS_NOT_CONFIGURED,
        TDX_VCPU_NOT_ASSOCIATED
    }

    @Override
    public Results<Result> results() {
        return new Results.Closed<>(Result.class);
    }

    @Override
    public Leaf leaf(Machine machine, Actor actor) {
        Tdx tdx = Tdx.of(machine, td);
        if (!tdx.options().has(TdxFeature.ASSOCIATION)) {
            throw new IllegalStateException(
                    this + ": the machine keeps no association; it lacks the feature ASSOCIATION");
        }
        return (state, _) -> flush(tdx, state).ordinal();
    }

    private Result flush(Tdx tdx, State state) {
        if (tdx.control().kept() && tdx.control().keyed().get(state) == 0) {
            return Result.TDX_TD_KEYS_NOT_CONFIGURED;
        }
        if (tdx.vps().cpu(state, vcpu) != lp || !tdx.vcpus().isWithHost(state, tdx.vcpus().first() + vcpu)) {
            return Result.TDX_VCPU_NOT_ASSOCIATED;
        }
        tdx.translations().flush(state, lp);
        tdx.vps().lp().set(state, vcpu, 0);
        return Result.TDX_SUCCESS;
    }

    @Override
    public String mnemonic() {
        return "TDH.VP.FLUSH";
    }

    @Override
    public String toString() {
        return mnemonic() + " vCPU " + vcpu + " on CPU " + lp;
    }
}
