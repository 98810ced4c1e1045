package org.ringfence.stack.host.cca;

import org.ringfence.machine.cca.GranuleIsFree;
import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Frame;
import org.ringfence.machine.operation.Routine;
import org.ringfence.stack.host.kvm.AnyFrame;

/** Any of the host's frames that is used for nothing; while there is none it looks on and on. */
public record TakeGranule(int frames) implements Routine<Frame> {
    @Override
    public Frame run(Cpu cpu) {
        Frame frame = cpu.ask(new AnyFrame(frames));
        return cpu.ask(new GranuleIsFree(frame)) ? frame : cpu.again(this);
    }
}
