package org.ringfence.stack.host.kvm.snp;

import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Frame;
import org.ringfence.machine.operation.Routine;
import org.ringfence.machine.sev.UnmapNestedPage;
import org.ringfence.stack.host.kvm.fault.FaultProtocol;
import org.ringfence.stack.host.kvm.fault.Invalidate;
import org.ringfence.stack.host.kvm.snp.MemfdFrame.Use;
import org.ringfence.stack.host.kvm.snp.MemfdQuestion.Asked;
import org.ringfence.stack.sync.LockOperation.GiveLock;
import org.ringfence.stack.sync.LockOperation.TakeLock;

/** fallocate(FALLOC_FL_PUNCH_HOLE) of a 4K page of an SEV-SNP guest's file. */
public record PunchOnSnp(long gpa, Geometry geometry, MemfdHost host) implements Routine<Done> {
    @Override
    public Done run(Cpu cpu) {
        cpu.ask(new TakeLock(FaultProtocol.FILE_LOCK));
        cpu.call(new Invalidate.Begin(gpa, new UnmapNestedPage(gpa), FaultProtocol.WHOLE));
        cpu.ask(new TakeLock(MemfdHost.FOLIO_LOCK));
        if (cpu.ask(new MemfdQuestion(gpa, Asked.IN_FILE))) {
            Frame folio = cpu.ask(new MemfdFrame(gpa, Use.TRUNCATE, geometry));
            cpu.ask(new GiveLock(MemfdHost.FOLIO_LOCK));
            cpu.call(new PutFolio(folio, host.invalidates()));
        } else {
            cpu.ask(new GiveLock(MemfdHost.FOLIO_LOCK));
        }
        cpu.call(new Invalidate.End(FaultProtocol.WHOLE));
        return cpu.ask(new GiveLock(FaultProtocol.FILE_LOCK));
    }
}
