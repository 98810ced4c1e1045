package org.ringfence.stack.host.kvm.fault;

import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Routine;
import org.ringfence.stack.host.kvm.fault.VmOperation.TruncatePage;
import org.ringfence.stack.sync.LockOperation.GiveLock;
import org.ringfence.stack.sync.LockOperation.TakeLock;

/** fallocate(FALLOC_FL_PUNCH_HOLE) of one page. Source: virt/kvm/guest_memfd.c, kvm_gmem_punch_hole. */
public record PunchHole(long gpa, FaultProtocol protocol) implements Routine<Done> {
    @Override
    public Done run(Cpu cpu) {
        cpu.ask(new TakeLock(FaultProtocol.FILE_LOCK));
        cpu.call(new Invalidate.Begin(new PageRange(gpa), true, Zap.OfPrivateVm.INSTANCE, protocol));
        cpu.ask(new TruncatePage(gpa));
        cpu.call(new Invalidate.End(protocol));
        return cpu.ask(new GiveLock(FaultProtocol.FILE_LOCK));
    }
}
