package org.ringfence.stack.host.kvm.tdx;

import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Routine;
import org.ringfence.machine.tdx.host.KickVcpu;
import org.ringfence.stack.host.kvm.life.EndVm;

/**
 * KVM_BUG_ON: the VM is dead, and every vCPU is kicked out and waited for. What the leaf that failed has left behind
 * stays: a page that the module has not given back is the TD's for ever. Source: include/linux/kvm_host.h,
 * kvm_vm_bugged, KVM_REQUEST_WAIT.
 *
 * @param vcpus of the TD
 */
record BugOn(int vcpus) implements Routine<Done> {
    @Override
    public Done run(Cpu cpu) {
        cpu.ask(new EndVm());
        for (int vcpu = 0; vcpu < vcpus; vcpu++) {
            cpu.ask(new KickVcpu(vcpu));
        }
        return Done.DONE;
    }
}
