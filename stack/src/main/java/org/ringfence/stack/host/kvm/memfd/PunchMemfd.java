package org.ringfence.stack.host.kvm.memfd;

import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Frame;
import org.ringfence.machine.operation.Routine;
import org.ringfence.stack.host.kvm.fault.FaultProtocol;
import org.ringfence.stack.host.kvm.fault.Invalidate;
import org.ringfence.stack.host.kvm.fault.PageRange;
import org.ringfence.stack.sync.LockOperation.GiveLock;
import org.ringfence.stack.sync.LockOperation.TakeLock;

/** fallocate(FALLOC_FL_PUNCH_HOLE) of a 4K page. Source: virt/kvm/guest_memfd.c, kvm_gmem_punch_hole. */
public record PunchMemfd(long gpa, Geometry geometry, MemfdHost host) implements Routine<Done> {
    @Override
    public Done run(Cpu cpu) {
        cpu.ask(new TakeLock(FaultProtocol.FILE_LOCK));
        cpu.call(new Invalidate.Begin(new PageRange(gpa), true, host.architecture(), FaultProtocol.WHOLE));
        cpu.ask(new TakeLock(MemfdHost.FOLIO_LOCK));
        if (cpu.ask(new MemfdOperation.IsInFile(gpa))) {
            Frame folio = cpu.ask(new MemfdOperation.Truncate(gpa, geometry));
            cpu.ask(new GiveLock(MemfdHost.FOLIO_LOCK));
            cpu.call(new PutFolio(folio, host.architecture()));
        } else {
            cpu.ask(new GiveLock(MemfdHost.FOLIO_LOCK));
        }
        cpu.call(new Invalidate.End(FaultProtocol.WHOLE));
        return cpu.ask(new GiveLock(FaultProtocol.FILE_LOCK));
    }
}
