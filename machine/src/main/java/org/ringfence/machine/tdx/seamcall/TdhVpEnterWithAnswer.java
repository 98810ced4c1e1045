package org.ringfence.machine.tdx.seamcall;

import java.util.function.Predicate;
import org.ringfence.machine.memory.GuestPages;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Cpus;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Outcome;
import org.ringfence.machine.operation.Results;
import org.ringfence.machine.operation.Step;
import org.ringfence.machine.state.State;
import org.ringfence.machine.tdx.abi.Ending;
import org.ringfence.machine.tdx.td.MapGpaAnswer;
import org.ringfence.machine.tdx.td.Tdx;
import org.ringfence.machine.tdx.td.TdxFeature;

/**
 * TDH.VP.ENTER of a vCPU that called by TDG.VP.VMCALL, with what it gets in R10 and R11. Waits while the vCPU does not
 * call. The logical CPU is the caller's.
 *
 * @param td the TD, from 0
 * @param vcpu from 0
 * @param answer R10
 * @param r11 with {@link MapGpaAnswer#RETRY} the first address that is not done, which needs
 *     {@link TdxFeature#MAP_GPA_RETRY}; else 0
 */
public record TdhVpEnterWithAnswer(int td, int vcpu, MapGpaAnswer answer, long r11)
        implements
            Operation<TdhVpEnter.Result> {
    public TdhVpEnterWithAnswer {
        if (r11 != 0 && answer != MapGpaAnswer.RETRY) {
            throw new IllegalArgumentException("R11 has a meaning with RETRY alone, not with " + answer);
        }
    }

    /** Of TD 0. */
    public TdhVpEnterWithAnswer(int vcpu, MapGpaAnswer answer, long r11) {
        this(0, vcpu, answer, r11);
    }

    /** Of TD 0, an answer in R10 alone. */
    public TdhVpEnterWithAnswer(int vcpu, MapGpaAnswer answer) {
        this(vcpu, answer, 0);
    }

    @Override
    public Results<TdhVpEnter.Result> results() {
        return new Results.Closed<>(TdhVpEnter.Result.class);
    }

    @Override
    public Step on(Machine machine, Actor actor) {
        Tdx tdx = Tdx.of(machine, td);
        int lp = tdx.vps().require(tdx.lp(actor), actor);
        TdhVpEnter.Bound entering = TdhVpEnter.bind(tdx, lp);
        if (answer == MapGpaAnswer.RETRY && !tdx.options().has(TdxFeature.MAP_GPA_RETRY)) {
            throw new IllegalStateException(
                    this + ": the machine keeps no R11; it does with tdx: {map-gpa-retry: true}");
        }
        int retried = answer == MapGpaAnswer.RETRY ? GuestPages.page(tdx.geometry(), r11) + 1 : 0;
        Predicate<State> isCalled = state -> entering.isCalled(state, vcpu, Cpus.Status.CALLING);
        return TdhVpEnter.steps(tdx, actor, vcpu, isCalled, state -> {
            if (!entering.isCalled(state, vcpu, Cpus.Status.CALLING)) {
                return Outcome.WAITS;
            }
            Ending ending = entering.perform(state, vcpu);
            if (ending == TdhVpEnter.Result.TDX_SUCCESS) {
                tdx.vcpus().answer(state, vcpu, answer, retried);
            }
            return TdhVpEnter.ENDINGS.code(ending);
        });
    }

    @Override
    public String mnemonic() {
        return "TDH.VP.ENTER";
    }
}
