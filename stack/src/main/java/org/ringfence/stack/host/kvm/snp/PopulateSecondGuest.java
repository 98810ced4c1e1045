package org.ringfence.stack.host.kvm.snp;

import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.Level;
import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Frame;
import org.ringfence.machine.operation.Routine;
import org.ringfence.stack.host.kvm.TakeFrame;
import org.ringfence.stack.host.kvm.fault.FaultProtocol;
import org.ringfence.stack.host.kvm.fault.PageRange;
import org.ringfence.stack.host.kvm.fault.SetAttributes;
import org.ringfence.stack.host.kvm.memfd.MemfdHost;
import org.ringfence.stack.host.kvm.memfd.PopulateMemfd;

/**
 * A VMM that launches the second guest of a machine whose firmware runs: its context is frame 1 and its ASID 2. The
 * frames that are in use from the start are not the page allocator's.
 *
 * @param shares whether the VMM has made the last page shared before
 */
public record PopulateSecondGuest(PageRange range, boolean shares, Geometry geometry, MemfdHost host)
        implements
            Routine<Done> {
    private static final LaunchUpdate SECOND = new LaunchUpdate(new Frame(1), 2);

    @Override
    public Done run(Cpu cpu) {
        for (int frame = 0; frame < 2 + geometry.smallPerLarge(); frame++) {
            cpu.ask(new TakeFrame(new Frame(frame), Level.SIZE_4K));
        }
        if (shares) {
            PageRange last = new PageRange(range.gpa(range.pages() - 1));
            cpu.call(new SetAttributes(last, false, host.architecture(), FaultProtocol.WHOLE));
        }
        cpu.call(new PopulateMemfd(range, geometry, SECOND, host.architecture()));
        return Done.DONE;
    }
}
