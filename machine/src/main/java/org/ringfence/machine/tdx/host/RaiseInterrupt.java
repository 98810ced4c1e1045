package org.ringfence.machine.tdx.host;

import org.ringfence.machine.operation.Action;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Outcome;
import org.ringfence.machine.operation.Step;
import org.ringfence.machine.state.State;
import org.ringfence.machine.tdx.td.Tdx;

/**
 * A host interrupt comes while a vCPU is inside its next 2M accept, so that it is pending after {@code chunks} more 4K
 * pages. An interrupt at any other time is {@link KickVcpu}. Waits unless the vCPU runs and no other interrupt is on
 * its way.
 *
 * @param td the TD, from 0
 * @param vcpu from 0
 * @param chunks from 1 to the 4K pages of a 2M page less one
 */
public record RaiseInterrupt(int td, int vcpu, int chunks) implements Action {

    /** Of TD 0. */
    public RaiseInterrupt(int vcpu, int chunks) {
        this(0, vcpu, chunks);
    }

    @Override
    public Step on(Machine machine, Actor actor) {
        Tdx tdx = Tdx.of(machine, td);
        tdx.vcpus().require(vcpu);
        int most = tdx.vcpus().interruptAfter().max();
        if (chunks < 1 || chunks > most) {
            throw new IllegalArgumentException(
                    "an interrupt after " + chunks + " pages of 4K; this machine allows 1 to "
                            + most + (most == 0 ? ", that is none, for want of INTERRUPTS or large pages" : ""));
        }
        return state -> {
            if (!isPossible(tdx, state, vcpu)) {
                return Outcome.WAITS;
            }
            tdx.vcpus().interruptAfter().set(state, vcpu, chunks);
            return Done.DONE.ordinal();
        };
    }

    public static boolean isPossible(Tdx tdx, State state, int vcpu) {
        return KickVcpu.isRunning(tdx, state, vcpu) && tdx.vcpus().interruptAfter().get(state, vcpu) == 0;
    }

    @Override
    public String mnemonic() {
        return "interrupt";
    }
}
