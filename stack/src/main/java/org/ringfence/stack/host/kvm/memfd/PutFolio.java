package org.ringfence.stack.host.kvm.memfd;

import org.ringfence.machine.memory.Level;
import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Frame;
import org.ringfence.machine.operation.Routine;
import org.ringfence.stack.host.kvm.GiveFrame;

/**
 * Gives a reference to a folio back. The last one frees it; where the architecture's hook fails the frame is leaked.
 * Source: virt/kvm/guest_memfd.c, kvm_gmem_free_folio.
 */
public record PutFolio(Frame frame, Architecture architecture) implements Routine<Done> {
    @Override
    public Done run(Cpu cpu) {
        if (cpu.ask(new MemfdOperation.Put(frame)) && architecture.invalidate(cpu, frame)) {
            cpu.ask(new GiveFrame(frame, Level.SIZE_4K));
        }
        return Done.DONE;
    }
}
