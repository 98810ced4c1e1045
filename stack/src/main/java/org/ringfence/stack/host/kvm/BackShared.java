package org.ringfence.stack.host.kvm;

import org.ringfence.machine.memory.Level;
import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Frame;
import org.ringfence.machine.operation.Routine;
import org.ringfence.machine.sev.MapNestedPage;

/** Backs a page that is not mapped with shared memory, 4K: takes a frame and maps it. */
public record BackShared(long gpa, Hosting hosting) implements Routine<Boolean> {
    @Override
    public Boolean run(Cpu cpu) {
        Frame frame = cpu.call(new FreeFrame(Level.SIZE_4K, hosting.geometry().frames()));
        cpu.ask(new MapNestedPage(gpa, frame, Level.SIZE_4K));
        return true;
    }
}
