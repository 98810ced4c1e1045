package org.ringfence.stack.host.kvm.life;

import java.util.List;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Part;
import org.ringfence.machine.operation.Results;
import org.ringfence.machine.operation.Step;

/** An ioctl looks whether the VM is dead, and is EIO if so. Source: virt/kvm/kvm_main.c, kvm_vm_ioctl. */
public record IsVmDead() implements Operation<Boolean> {
    @Override
    public List<Part> needs() {
        return List.of(VmDeath.PART);
    }

    @Override
    public Results<Boolean> results() {
        return new Results.Truth();
    }

    @Override
    public Step on(Machine machine, Actor actor) {
        VmDeath life = machine.part(VmDeath.class);
        return state -> life.isDead(state) ? 1 : 0;
    }

    @Override
    public String mnemonic() {
        return "vm_dead";
    }
}
