package org.ringfence.stack.host.kvm.fault;

import org.ringfence.machine.operation.Action;
import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Routine;
import org.ringfence.stack.host.kvm.fault.VmOperation.IsPrivate;
import org.ringfence.stack.host.kvm.fault.VmOperation.StoreAttribute;
import org.ringfence.stack.host.kvm.fault.VmOperation.ZapPage;
import org.ringfence.stack.sync.LockOperation.GiveLock;
import org.ringfence.stack.sync.LockOperation.TakeLock;

/**
 * KVM_SET_MEMORY_ATTRIBUTES of one page. Where the page has the attribute already nothing is invalidated. Source:
 * virt/kvm/kvm_main.c, kvm_vm_set_mem_attributes.
 *
 * @param zap as in {@link Invalidate.Begin}
 */
public record SetAttributes(long gpa, boolean toPrivate, Action zap, FaultProtocol protocol) implements Routine<Done> {
    /** Of a {@link PrivateVm}. */
    public SetAttributes(long gpa, boolean toPrivate, FaultProtocol protocol) {
        this(gpa, toPrivate, new ZapPage(gpa), protocol);
    }

    @Override
    public Done run(Cpu cpu) {
        cpu.ask(new TakeLock(FaultProtocol.SLOTS_LOCK));
        if (cpu.ask(new IsPrivate(gpa)) != toPrivate) {
            cpu.call(new Invalidate.Begin(gpa, zap, protocol));
            cpu.ask(new StoreAttribute(gpa, toPrivate));
            cpu.call(new Invalidate.End(protocol));
        }
        return cpu.ask(new GiveLock(FaultProtocol.SLOTS_LOCK));
    }
}
