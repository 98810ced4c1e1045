package org.ringfence.stack.host.kvm.fault;

import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Routine;
import org.ringfence.stack.host.kvm.fault.VmOperation.IsPrivate;
import org.ringfence.stack.host.kvm.fault.VmOperation.StoreAttribute;
import org.ringfence.stack.sync.LockOperation.GiveLock;
import org.ringfence.stack.sync.LockOperation.TakeLock;

/**
 * KVM_SET_MEMORY_ATTRIBUTES of a range: one invalidation covers all of it, and the attributes are stored page by page
 * meanwhile. Where every page has the attribute already nothing is invalidated. Source: virt/kvm/kvm_main.c,
 * kvm_vm_set_mem_attributes.
 */
public record SetAttributes(PageRange range, boolean toPrivate, Zap zap, FaultProtocol protocol)
        implements
            Routine<Done> {
    /** Of one page of a {@link PrivateVm}. */
    public SetAttributes(long gpa, boolean toPrivate, FaultProtocol protocol) {
        this(new PageRange(gpa), toPrivate, Zap.OfPrivateVm.INSTANCE, protocol);
    }

    @Override
    public Done run(Cpu cpu) {
        cpu.ask(new TakeLock(FaultProtocol.SLOTS_LOCK));
        if (!haveAll(cpu)) {
            cpu.call(new Invalidate.Begin(range, !toPrivate, zap, protocol));
            for (int page = 0; page < range.pages(); page++) {
                cpu.ask(new StoreAttribute(range.gpa(page), toPrivate));
            }
            cpu.call(new Invalidate.End(protocol));
        }
        return cpu.ask(new GiveLock(FaultProtocol.SLOTS_LOCK));
    }

    /** kvm_range_has_memory_attributes. */
    private boolean haveAll(Cpu cpu) {
        for (int page = 0; page < range.pages(); page++) {
            if (cpu.ask(new IsPrivate(range.gpa(page))) != toPrivate) {
                return false;
            }
        }
        return true;
    }
}
