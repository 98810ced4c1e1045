package org.ringfence.stack.host.kvm.snp;

import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.Level;
import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Frame;
import org.ringfence.machine.operation.Routine;
import org.ringfence.machine.sev.UnmapNestedPage;
import org.ringfence.stack.host.kvm.GiveFrame;
import org.ringfence.stack.host.kvm.fault.FaultProtocol;
import org.ringfence.stack.host.kvm.fault.SetAttributes;
import org.ringfence.stack.host.kvm.snp.MemfdFrame.Use;
import org.ringfence.stack.host.kvm.snp.MemfdQuestion.Asked;

/** A VMM that converts a 4K page: sets the attribute, and then discards the copy that is out of use. */
public record ConvertOnSnp(long gpa, boolean toPrivate, Geometry geometry, MemfdHost host) implements Routine<Done> {
    @Override
    public Done run(Cpu cpu) {
        cpu.call(new SetAttributes(gpa, toPrivate, new UnmapNestedPage(gpa), FaultProtocol.WHOLE));
        if (host.discards()) {
            if (toPrivate) {
                discard(cpu);
            } else {
                cpu.call(new PunchOnSnp(gpa, geometry, host));
            }
        }
        return Done.DONE;
    }

    private void discard(Cpu cpu) {
        if (cpu.ask(new MemfdQuestion(gpa, Asked.IN_USERSPACE))) {
            Frame frame = cpu.ask(new MemfdFrame(gpa, Use.DISCARD, geometry));
            cpu.ask(new GiveFrame(frame, Level.SIZE_4K));
        }
    }
}
