package org.ringfence.stack.host.kvm.memfd;

import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Routine;

/** A VMM that punches a page out of the file, and has another folio allocated there, before the guest looks. */
public record RefillMemfd(long gpa, Geometry geometry, MemfdHost host) implements Routine<Done> {
    @Override
    public Done run(Cpu cpu) {
        cpu.call(new PunchMemfd(gpa, geometry, host));
        return cpu.call(new AllocateFolio(gpa, geometry, host));
    }
}
