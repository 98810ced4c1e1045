package org.ringfence.stack.host.tdx;

import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Routine;
import org.ringfence.machine.tdx.host.RaiseInterrupt;
import org.ringfence.machine.vocabulary.Meaning;

/** The timer of the CPU on which a vCPU runs: it fires again and again, in the middle of 2M accepts. */
public record InterruptAccepts(
        @Meaning("whose accepts it interrupts") int vcpu,
        @Meaning("the most 4K pages after which it fires, from 1 to those of a 2M page less one") int most)
        implements
            Routine<Done> {
    @Override
    public Done run(Cpu cpu) {
        cpu.ask(new RaiseInterrupt(vcpu, 1 + cpu.choose(most)));
        return cpu.again(this);
    }
}
