package org.ringfence.stack.host.kvm.life;

import java.util.List;
import org.ringfence.machine.operation.Action;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Part;
import org.ringfence.machine.operation.Step;

/**
 * KVM marks the VM as dead, and requests KVM_REQ_VM_DEAD of every vCPU: none enters again. Those that are inside its
 * caller kicks out, and waits for them. Source: include/linux/kvm_host.h, kvm_vm_dead.
 */
public record EndVm() implements Action {
    @Override
    public List<Part> needs() {
        return List.of(VmDeath.PART);
    }

    @Override
    public Step on(Machine machine, Actor actor) {
        VmDeath life = machine.part(VmDeath.class);
        return state -> {
            life.dead().set(state, true);
            return Done.DONE.ordinal();
        };
    }

    @Override
    public String mnemonic() {
        return "kvm_vm_dead";
    }
}
