package org.ringfence.stack.host.kvm.snp;

import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.Level;
import org.ringfence.machine.memory.Value;
import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Frame;
import org.ringfence.machine.operation.Routine;
import org.ringfence.machine.sev.HostLoad;
import org.ringfence.machine.sev.HostStore;
import org.ringfence.stack.host.kvm.FreeFrame;

/** Other software of the host that gets a frame of the page allocator, looks at what it holds, and writes to it. */
public record AllocateAndWrite(Geometry geometry) implements Routine<Done> {
    @Override
    public Done run(Cpu cpu) {
        Frame frame = cpu.call(new FreeFrame(Level.SIZE_4K, geometry.frames()));
        cpu.ask(new HostLoad(frame));
        cpu.ask(new HostStore(frame, Value.HOST));
        return Done.DONE;
    }
}
