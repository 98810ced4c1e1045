package org.ringfence.stack.host.tdx;

import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.Level;
import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Frame;
import org.ringfence.machine.operation.Routine;
import org.ringfence.machine.tdx.host.FrameIsFree;
import org.ringfence.stack.host.kvm.AnyFrame;

/**
 * Any page of frames that backs nothing: whichever, so that frames stay interchangeable. While there is none it looks
 * on and on.
 */
public record FindFreeFrame(Geometry geometry, Level level) implements Routine<Frame> {
    @Override
    public Frame run(Cpu cpu) {
        Frame frame = cpu.ask(new AnyFrame(geometry.frames()));
        return cpu.ask(new FrameIsFree(frame, level)) ? frame : cpu.again(this);
    }
}
