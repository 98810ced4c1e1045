package org.ringfence.stack.host.kvm.tdx;

import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.Level;
import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Frame;
import org.ringfence.machine.operation.Routine;
import org.ringfence.machine.tdx.host.StoreUnderKeyId0;
import org.ringfence.machine.tdx.seamcall.TdhMngInit;
import org.ringfence.machine.tdx.td.TdParams;
import org.ringfence.stack.host.kvm.FreeFrame;
import org.ringfence.stack.host.kvm.TakeFrame;
import org.ringfence.stack.host.kvm.fault.FaultProtocol;
import org.ringfence.stack.host.kvm.fault.PageRange;
import org.ringfence.stack.host.kvm.fault.SetAttributes;
import org.ringfence.stack.host.kvm.memfd.MemfdHost;
import org.ringfence.stack.host.kvm.memfd.MemfdOperation;

/**
 * A VMM that builds a TD which has a key and its TDCS, in the machine's last frames: initializes it, loads an image to
 * its own memory, and has the image added.
 *
 * @param tdFrames how many frames the TD itself takes
 * @param shares whether the VMM has made the last page shared before
 * @param twice whether it adds the image again
 */
public record PopulateTd(
        PageRange range, int tdFrames, boolean shares, boolean twice, boolean finalized, boolean measures,
        Geometry geometry, MemfdHost host)
        implements
            Routine<Done> {
    @Override
    public Done run(Cpu cpu) {
        for (int frame = geometry.frames() - tdFrames; frame < geometry.frames(); frame++) {
            cpu.ask(new TakeFrame(new Frame(frame), Level.SIZE_4K));
        }
        cpu.ask(new TdhMngInit(0, TdParams.of(1)));
        for (int page = 0; page < range.pages(); page++) {
            cpu.call(new Load(range.gpa(page), geometry));
        }
        if (shares) {
            PageRange last = new PageRange(range.gpa(range.pages() - 1));
            cpu.call(new SetAttributes(last, false, host.architecture(), FaultProtocol.WHOLE));
        }
        InitMemRegion ioctl = new InitMemRegion(
                range, finalized, geometry, new AddPage(geometry, measures), host.architecture());
        cpu.call(ioctl);
        if (twice) {
            cpu.call(ioctl);
        }
        return Done.DONE;
    }

    /** Userspace's memory of a page gets what the image has. */
    private record Load(long gpa, Geometry geometry) implements Routine<Done> {
        @Override
        public Done run(Cpu cpu) {
            Frame frame = cpu.call(new FreeFrame(Level.SIZE_4K, geometry.frames()));
            cpu.ask(new MemfdOperation.Populate(gpa, frame));
            return cpu.ask(new StoreUnderKeyId0(frame));
        }
    }
}
