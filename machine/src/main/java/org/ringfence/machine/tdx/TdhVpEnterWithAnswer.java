package org.ringfence.machine.tdx;

import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Cpus;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Outcome;
import org.ringfence.machine.operation.Results;
import org.ringfence.machine.operation.Step;

/**
 * TDH.VP.ENTER of a vCPU that called by TDG.VP.VMCALL, with what it gets in R10. Waits while the vCPU does not call.
 *
 * @param code of the answer: a status that honest software gives, or {@link TdgVpVmcallMapGpa#ANYTHING}
 */
public record TdhVpEnterWithAnswer(int vcpu, int code) implements Operation<TdhVpEnter.Result> {
    public TdhVpEnterWithAnswer {
        if (code < 0 || code > TdgVpVmcallMapGpa.ANYTHING) {
            throw new IllegalArgumentException(
                    "an answer has a code from 0 to " + TdgVpVmcallMapGpa.ANYTHING + ", not " + code);
        }
    }

    @Override
    public Results<TdhVpEnter.Result> results() {
        return new Results.Closed<>(TdhVpEnter.Result.class);
    }

    @Override
    public Step on(Machine machine, Actor actor) {
        Tdx tdx = machine.part(Tdx.class);
        Entering entering = Entering.of(tdx);
        Codes codes = Codes.of(TdhVpEnter.Result.class);
        return state -> {
            if (!tdx.vcpus().is(state, vcpu, Cpus.Status.CALLING)) {
                return Outcome.WAITS;
            }
            Refusal refused = entering.check(state, vcpu, vcpu);
            if (refused == Refusal.TDX_SUCCESS) {
                entering.commit(state, vcpu, vcpu);
                tdx.vcpus().answer(state, vcpu, code);
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
        return mnemonic() + " vCPU " + vcpu + " R10="
                + (code == TdgVpVmcallMapGpa.ANYTHING ? "anything" : "0x%X".formatted(code));
    }
}
