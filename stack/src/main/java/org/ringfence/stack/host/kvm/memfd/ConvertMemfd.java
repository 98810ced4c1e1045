package org.ringfence.stack.host.kvm.memfd;

import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.Level;
import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Frame;
import org.ringfence.machine.operation.Panic;
import org.ringfence.machine.operation.Routine;
import org.ringfence.stack.host.kvm.GiveFrame;
import org.ringfence.stack.host.kvm.fault.FaultProtocol;
import org.ringfence.stack.host.kvm.fault.PageRange;
import org.ringfence.stack.host.kvm.fault.SetAttributes;

/** A VMM that converts 4K pages: sets their attribute, and then discards the copies that are out of use. */
public record ConvertMemfd(PageRange range, boolean toPrivate, Geometry geometry, MemfdHost host)
        implements
            Routine<Done> {
    @Override
    public Done run(Cpu cpu) {
        if (host.architecture().isDead(cpu)) {
            throw new Panic("KVM_SET_MEMORY_ATTRIBUTES is EIO, the VM is dead: the VMM gives it up");
        }
        cpu.call(new SetAttributes(range, toPrivate, host.architecture(), FaultProtocol.WHOLE));
        for (int page = 0; host.discards() && page < range.pages(); page++) {
            if (toPrivate) {
                cpu.call(new DiscardShared(range.gpa(page), geometry));
            } else {
                cpu.call(new PunchMemfd(range.gpa(page), geometry, host));
            }
        }
        return Done.DONE;
    }

    /** madvise(MADV_DONTNEED) of one page: its frame goes back to the page allocator. */
    private record DiscardShared(long gpa, Geometry geometry) implements Routine<Done> {
        @Override
        public Done run(Cpu cpu) {
            if (cpu.ask(new MemfdOperation.IsPopulated(gpa))) {
                Frame frame = cpu.ask(new MemfdOperation.Discard(gpa, geometry));
                cpu.ask(new GiveFrame(frame, Level.SIZE_4K));
            }
            return Done.DONE;
        }
    }
}
