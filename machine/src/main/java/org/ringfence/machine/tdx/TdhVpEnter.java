package org.ringfence.machine.tdx;

import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Cpus;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Outcome;
import org.ringfence.machine.operation.Results;
import org.ringfence.machine.operation.Step;
import org.ringfence.machine.state.State;
import org.ringfence.machine.tdx.abi.ModuleStatus;

/**
 * TDH.VP.ENTER, SEAMCALL leaf 0: runs a vCPU again that has exited, in the current TLB epoch; the guest repeats what it was at. Waits while the
 * vCPU is inside, or calls and must be {@linkplain TdhVpEnterWithAnswer answered}. Why the vCPU comes out again is {@link AwaitExit}'s to tell.
 * Source: TDX module 1.5.01, tdh_vp_enter.c.
 */
public record TdhVpEnter(int vcpu) implements Operation<TdhVpEnter.Result> {

    /** How TDH.VP.ENTER begins. */
    public enum Result implements ModuleStatus {
        /** The vCPU is inside. */
        TDX_SUCCESS,
        TDX_TD_FATAL;

        @Override
        public String worded() {
            return this == TDX_SUCCESS ? "entered" : completion().toString();
        }
    }

    @Override
    public Results<Result> results() {
        return new Results.Closed<>(Result.class);
    }

    @Override
    public Step on(Machine machine, Actor actor) {
        Tdx tdx = machine.part(Tdx.class);
        return state -> {
            if (!isOut(tdx, state, vcpu)) {
                return Outcome.WAITS;
            }
            if (tdx.refusesFatal(state)) {
                return Result.TDX_TD_FATAL.ordinal();
            }
            tdx.vcpus().enter(state, vcpu);
            return Result.TDX_SUCCESS.ordinal();
        };
    }

    static boolean isOut(Tdx tdx, State state, int vcpu) {
        return tdx.vcpus().cpus().status().is(state, vcpu, Cpus.Status.EXITED);
    }

    @Override
    public String mnemonic() {
        return "TDH.VP.ENTER";
    }

    @Override
    public String toString() {
        return mnemonic() + " vCPU " + vcpu;
    }
}
