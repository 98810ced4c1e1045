package org.ringfence.stack.host.kvm;

import org.ringfence.machine.memory.Level;
import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Frame;
import org.ringfence.machine.operation.Routine;

/**
 * Takes a free frame, or a free 2M of frames, out of {@code frames}: whichever. While none is free it looks on and on.
 */
public record FreeFrame(Level size, int frames) implements Routine<Frame> {
    @Override
    public Frame run(Cpu cpu) {
        Frame frame = cpu.ask(new AnyFrame(frames));
        if (!cpu.ask(new TakeFrame(frame, size))) {
            return cpu.again(this);
        }
        return frame;
    }
}
