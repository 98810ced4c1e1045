package org.ringfence.stack.host.kvm.tdx;

import java.util.List;
import java.util.stream.Stream;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Part;
import org.ringfence.machine.operation.Results;
import org.ringfence.machine.operation.Step;
import org.ringfence.machine.tdx.seamcall.TdhVpEnter;
import org.ringfence.stack.host.kvm.life.VmDeath;

/**
 * KVM_RUN enters a TD unless the VM is dead. The look and the entry are one step: interrupts are off between them, and
 * who ends the VM waits for every vCPU that it interrupts. Source: arch/x86/kvm/x86.c, vcpu_enter_guest.
 *
 * @param operation the leaf
 */
record EnterTd(Operation<TdhVpEnter.Result> operation) implements Operation<EnterTd.Run> {
    private static final Results<Run> RESULTS = new Results.Listed<>(Stream.concat(
            Stream.of(TdhVpEnter.Result.values()).map(entered -> new Run(false, entered)),
            Stream.of(new Run(true, TdhVpEnter.Result.TDX_SUCCESS)))
            .toList());

    /**
     * What it comes to.
     *
     * @param dead whether KVM_RUN is EIO, and nothing was entered
     * @param entered what the leaf has answered otherwise
     */
    record Run(boolean dead, TdhVpEnter.Result entered) {
        @Override
        public String toString() {
            return dead ? "EIO" : new Results.Closed<>(TdhVpEnter.Result.class).say(entered);
        }
    }

    @Override
    public List<Part> needs() {
        return Stream.concat(operation.needs().stream(), Stream.of(VmDeath.PART)).toList();
    }

    @Override
    public Results<Run> results() {
        return RESULTS;
    }

    @Override
    public Step on(Machine machine, Actor actor) {
        VmDeath life = machine.part(VmDeath.class);
        Step entering = operation.on(machine, actor);
        long eio = TdhVpEnter.Result.values().length;
        return state -> life.isDead(state) ? eio : entering.take(state);
    }

    @Override
    public String mnemonic() {
        return operation.mnemonic();
    }
}
