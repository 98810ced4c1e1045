package org.ringfence.stack.host.kvm.fault;

import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Routine;
import org.ringfence.stack.host.kvm.fault.VmOperation.CountCopies;

/**
 * A vCPU's thread: the guest accesses a page and asks for its conversion, which the VMM does before it runs the vCPU
 * again; the guest accesses the page once more.
 */
public record AccessAndConvert(RunVcpu access, ConvertGuestPage conversion) implements Routine<Done> {
    @Override
    public Done run(Cpu cpu) {
        cpu.call(access);
        cpu.call(conversion);
        cpu.call(access);
        cpu.ask(new CountCopies(conversion.gpa()));
        return Done.DONE;
    }
}
