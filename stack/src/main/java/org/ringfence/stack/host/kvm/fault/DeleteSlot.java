package org.ringfence.stack.host.kvm.fault;

import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Routine;
import org.ringfence.stack.host.kvm.fault.VmOperation.PublishSlot;
import org.ringfence.stack.host.kvm.fault.VmOperation.ZapPage;
import org.ringfence.stack.sync.GracePeriods;
import org.ringfence.stack.sync.LockOperation.GiveLock;
import org.ringfence.stack.sync.LockOperation.TakeLock;

/**
 * Deletes the slot: marks it invalid, waits until no vCPU uses the slots as they were, takes the translations away, and
 * then the slot. No sequence is counted: the grace period does what it does for the others. Source:
 * virt/kvm/kvm_main.c, kvm_set_memslot.
 */
public record DeleteSlot(Geometry geometry, FaultProtocol protocol) implements Routine<Done> {
    @Override
    public Done run(Cpu cpu) {
        cpu.ask(new TakeLock(FaultProtocol.SLOTS_LOCK));
        cpu.ask(new PublishSlot(SlotState.INVALID));
        if (protocol.gracePeriod()) {
            cpu.call(new GracePeriods.Synchronize());
        }
        Invalidate.lock(cpu, protocol);
        for (int page = 0; protocol.zaps() && page < geometry.pages(); page++) {
            cpu.ask(new ZapPage(geometry.gpa(page)));
        }
        Invalidate.unlock(cpu, protocol);
        cpu.ask(new PublishSlot(SlotState.GONE));
        return cpu.ask(new GiveLock(FaultProtocol.SLOTS_LOCK));
    }
}
