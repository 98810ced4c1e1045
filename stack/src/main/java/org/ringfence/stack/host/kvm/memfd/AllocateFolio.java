package org.ringfence.stack.host.kvm.memfd;

import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.Level;
import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Frame;
import org.ringfence.machine.operation.Routine;
import org.ringfence.stack.host.kvm.FreeFrame;
import org.ringfence.stack.sync.LockOperation.GiveLock;
import org.ringfence.stack.sync.LockOperation.TakeLock;

/** fallocate(0) of a 4K page: makes its folio where it is absent. Nothing is prepared until a fault needs it. */
public record AllocateFolio(long gpa, Geometry geometry, MemfdHost host) implements Routine<Done> {
    @Override
    public Done run(Cpu cpu) {
        cpu.ask(new TakeLock(MemfdHost.FOLIO_LOCK));
        Frame folio = get(cpu, gpa, geometry, host.architecture().largest());
        cpu.ask(new GiveLock(MemfdHost.FOLIO_LOCK));
        return cpu.call(new PutFolio(folio, host.architecture()));
    }

    /** The folio of the page, with a reference, under its lock. */
    static Frame get(Cpu cpu, long gpa, Geometry geometry, Level largest) {
        if (cpu.ask(new MemfdOperation.IsInFile(gpa))) {
            return cpu.ask(new MemfdOperation.GetFolio(gpa, geometry));
        }
        if (largest == Level.SIZE_2M && cpu.ask(new LargeFolio.HasNone(gpa))) {
            Frame head = cpu.call(new FreeFrame(Level.SIZE_2M, geometry.frames()));
            return cpu.ask(new LargeFolio.Add(gpa, head, geometry.frames()));
        }
        Frame folio = cpu.call(new FreeFrame(Level.SIZE_4K, geometry.frames()));
        cpu.ask(new MemfdOperation.AddFolio(gpa, folio));
        return folio;
    }
}
