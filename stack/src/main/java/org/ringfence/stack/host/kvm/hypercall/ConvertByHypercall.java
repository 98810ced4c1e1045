package org.ringfence.stack.host.kvm.hypercall;

import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Routine;
import org.ringfence.stack.host.kvm.fault.RunVcpu;

/** A vCPU whose guest asks for a conversion, and uses the page only where it is told that it is done. */
public record ConvertByHypercall(MapGpaRange conversion, RunVcpu use) implements Routine<Done> {
    @Override
    public Done run(Cpu cpu) {
        return cpu.ask(conversion).is(HypercallReturn.OK.rax()) ? cpu.call(use) : Done.DONE;
    }
}
