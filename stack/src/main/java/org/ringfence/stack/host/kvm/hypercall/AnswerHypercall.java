package org.ringfence.stack.host.kvm.hypercall;

import java.util.List;
import org.ringfence.machine.operation.Action;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Outcome;
import org.ringfence.machine.operation.Part;
import org.ringfence.machine.operation.Step;

/**
 * Userspace sets {@code kvm_run.hypercall.ret} and runs the vCPU, an actor's index. KVM hands the number on as it is.
 * Waits while the vCPU has not left for userspace.
 *
 * @param answer {@link HypercallReturn#ANYTHING} from a VMM that does as it likes
 */
public record AnswerHypercall(int vcpu, HypercallReturn answer) implements Action {
    @Override
    public List<Part> needs() {
        return List.of(HypercallExits.PART);
    }

    @Override
    public Step on(Machine machine, Actor actor) {
        HypercallExits exits = machine.part(HypercallExits.class);
        return state -> exits.answer(state, vcpu, answer) ? Done.DONE.ordinal() : Outcome.WAITS;
    }

    @Override
    public String mnemonic() {
        return "KVM_RUN";
    }
}
