package org.ringfence.stack.host.kvm.life;

import org.ringfence.machine.operation.Part;
import org.ringfence.machine.state.Declaration;
import org.ringfence.machine.state.Flag;
import org.ringfence.machine.state.State;

/**
 * Whether KVM has given a VM up. After a bug that KVM_BUG_ON has found, and after an access that KVM cannot serve,
 * every ioctl on the VM and on its vCPUs is EIO, and no vCPU enters the guest again: KVM_REQ_VM_DEAD is looked at when
 * interrupts are off already, so that none slips through between the look and the entry. Memory is not given back: what
 * the failed call has left behind stays as it is. Source: include/linux/kvm_host.h, kvm_vm_dead, kvm_vm_bugged and
 * KVM_BUG_ON; virt/kvm/kvm_main.c, kvm_vm_ioctl and kvm_vcpu_ioctl; arch/x86/kvm/x86.c, vcpu_enter_guest.
 *
 * @param dead vm_dead; what vm_bugged tells apart is of no account here
 */
public record VmDeath(Flag dead) {
    /** Brings it. */
    public static final Part PART =
            Part.of(VmDeath.class, (declaration, machine, cast) -> declare(declaration));

    private static VmDeath declare(Declaration declaration) {
        return new VmDeath(declaration.single("KVM's VM").flag("dead"));
    }

    /** Whether it is dead. */
    public boolean isDead(State state) {
        return dead.get(state);
    }
}
