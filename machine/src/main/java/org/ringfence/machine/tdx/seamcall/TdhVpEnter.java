package org.ringfence.machine.tdx.seamcall;

import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Cpus;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Outcome;
import org.ringfence.machine.operation.Results;
import org.ringfence.machine.operation.Step;
import org.ringfence.machine.tdx.abi.ModuleStatus;
import org.ringfence.machine.tdx.host.AwaitTdExit;
import org.ringfence.machine.tdx.td.Refusal;
import org.ringfence.machine.tdx.td.Tdx;

/**
 * TDH.VP.ENTER, SEAMCALL leaf 0: runs a vCPU again that has exited, in the current TLB epoch; the guest repeats what it was at. Waits while the
 * vCPU is inside, or calls and must be {@linkplain TdhVpEnterWithAnswer answered}. Why the vCPU comes out again is {@link AwaitTdExit}'s to tell.
 * Source: TDX module 1.5.01, tdh_vp_enter.c.
 *
 * @param td the TD, from 0
 * @param vcpu from 0
 * @param lp the logical CPU on which the host calls
 */
public record TdhVpEnter(int td, int vcpu, int lp) implements Operation<TdhVpEnter.Result> {

    /** How TDH.VP.ENTER begins. */
    public enum Result implements ModuleStatus {
        /** The vCPU is inside. */
        TDX_SUCCESS,
        TDX_SEAMCALL_VMFAILINVALID,
        TDX_SYS_SHUTDOWN,
        TDX_SYS_NOT_READY,
        TDX_OPERAND_INVALID_RCX,
        TDX_OPERAND_BUSY_RCX,
        TDX_PAGE_METADATA_INCORRECT_RCX,
        TDX_OPERAND_BUSY_TDR,
        TDX_TD_FATAL,
        TDX_TD_KEYS_NOT_CONFIGURED,
        TDX_TDCS_NOT_ALLOCATED,
        TDX_OPERAND_BUSY_OP_STATE,
        TDX_OP_STATE_INCORRECT,
        TDX_TDCX_NUM_INCORRECT,
        TDX_VCPU_STATE_INCORRECT,
        TDX_VCPU_ASSOCIATED,
        TDX_OPERAND_BUSY_TD_EPOCH;

        @Override
        public String worded() {
            return this == TDX_SUCCESS ? "entered" : completion().toString();
        }
    }

    @Override
    public Results<Result> results() {
        return new Results.Closed<>(Result.class);
    }

    /** Of TD 0, on the vCPU's own logical CPU. */
    public TdhVpEnter(int vcpu) {
        this(0, vcpu, vcpu);
    }

    @Override
    public Step on(Machine machine, Actor actor) {
        Tdx tdx = Tdx.of(machine, td);
        VpEnterChecks entering = VpEnterChecks.of(tdx, tdx.lp(actor));
        Codes codes = Codes.of(Result.class, "TDR", "RCX", "");
        return state -> {
            if (!entering.isCalled(state, vcpu, lp, Cpus.Status.EXITED)) {
                return Outcome.WAITS;
            }
            Refusal refused = entering.enter(state, vcpu, lp);
            if (refused == Refusal.TDX_SUCCESS) {
                tdx.vcpus().enter(state, vcpu);
            }
            return codes.of(refused);
        };
    }

    @Override
    public String mnemonic() {
        return "TDH.VP.ENTER";
    }

    @Override
    public String toString() {
        return mnemonic() + Tdx.printed(td) + " vCPU " + vcpu + (lp == vcpu ? "" : " on CPU " + lp);
    }
}
