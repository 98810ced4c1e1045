package org.ringfence.machine.tdx.host;

import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Cpus;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Outcome;
import org.ringfence.machine.operation.Results;
import org.ringfence.machine.operation.Step;
import org.ringfence.machine.state.State;
import org.ringfence.machine.tdx.td.TdExitReason;
import org.ringfence.machine.tdx.td.Tdx;

/**
 * The host makes a vCPU leave the TD by an interrupt. One that is out already stays out. One that has been answered and
 * has not taken its answer is waited for, which hides nothing: a host that would kick it there could as well have
 * answered later; and so is one in the middle of a TDCALL, which no interrupt stops. Of a TD that is fatal each vCPU
 * leaves so; what it might do before, without leaving, is left out.
 *
 * @param td the TD, from 0
 * @param vcpu from 0
 */
public record KickVcpu(int td, int vcpu) implements Operation<KickVcpu.Result> {

    /** Where the vCPU was. */
    public enum Result {
        /** Inside; now it is out. */
        KICKED,
        /** With the host already. */
        WAS_OUT;

        @Override
        public String toString() {
            return this == KICKED ? "kicked" : "was out";
        }
    }

    /** Of TD 0. */
    public KickVcpu(int vcpu) {
        this(0, vcpu);
    }

    @Override
    public Results<Result> results() {
        return new Results.Closed<>(Result.class);
    }

    @Override
    public Step on(Machine machine, Actor actor) {
        Tdx tdx = Tdx.of(machine, td);
        tdx.vcpus().require(vcpu);
        return state -> {
            if (isRunning(tdx, state, vcpu)) {
                commit(tdx, state, vcpu);
                return Result.KICKED.ordinal();
            }
            return tdx.vcpus().isWithHost(state, tdx.vcpus().first() + vcpu) ? Result.WAS_OUT.ordinal() : Outcome.WAITS;
        };
    }

    public static boolean isRunning(Tdx tdx, State state, int vcpu) {
        return !tdx.locks().underWay().isUnderWay(state, tdx.vcpus().first() + vcpu)
                && (tdx.vcpus().is(state, vcpu, Cpus.Status.RUNNING)
                        || tdx.isFatal(state) && tdx.vcpus().isInside(state, vcpu));
    }

    public static void commit(Tdx tdx, State state, int vcpu) {
        tdx.vcpus()
                .exit(
                        state,
                        vcpu,
                        tdx.isFatal(state) ? TdExitReason.EXTERNAL_INTERRUPT_WHEN_FATAL
                                : TdExitReason.EXTERNAL_INTERRUPT);
    }

    @Override
    public String mnemonic() {
        return "kick";
    }
}
