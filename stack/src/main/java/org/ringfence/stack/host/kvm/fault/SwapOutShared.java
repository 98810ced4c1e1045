package org.ringfence.stack.host.kvm.fault;

import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Routine;

/**
 * The host's kernel reclaims a page of userspace's memory: KVM's MMU notifier announces it and takes the guest's
 * translation away, then the page goes to swap. Shared memory can be overcommitted so, and private memory cannot.
 * Source: virt/kvm/kvm_main.c, kvm_mmu_notifier_invalidate_range_start and _end.
 */
public record SwapOutShared(long gpa, FaultProtocol protocol) implements Routine<Done> {
    @Override
    public Done run(Cpu cpu) {
        cpu.call(new Invalidate.Begin(new PageRange(gpa), false, Zap.OfPrivateVm.INSTANCE, protocol));
        cpu.ask(new SwapOperation.SwapOut(gpa));
        return cpu.call(new Invalidate.End(protocol));
    }
}
