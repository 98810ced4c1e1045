package org.ringfence.stack.host.kvm.tdx;

import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.Level;
import org.ringfence.machine.memory.LineInstruction;
import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Frame;
import org.ringfence.machine.operation.Routine;
import org.ringfence.stack.host.kvm.FreeFrame;

/**
 * Other software of the host that gets a frame of the page allocator, looks at what it holds, writes to it, and
 * reads what it wrote.
 */
public record AllocateAndWriteUnderKeyId0(Geometry geometry) implements Routine<Done> {
    @Override
    public Done run(Cpu cpu) {
        Frame frame = cpu.call(new FreeFrame(Level.SIZE_4K, geometry.frames()));
        cpu.ask(new UseOwnFrame(LineInstruction.LOAD, frame));
        cpu.ask(new UseOwnFrame(LineInstruction.STORE, frame));
        cpu.ask(new UseOwnFrame(LineInstruction.LOAD, frame));
        return Done.DONE;
    }
}
