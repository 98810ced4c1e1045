package org.ringfence.stack.host.kvm;

import org.ringfence.machine.memory.Level;
import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Frame;
import org.ringfence.machine.operation.Routine;
import org.ringfence.machine.sev.BackingFrame;
import org.ringfence.machine.sev.SplitNestedPage;
import org.ringfence.machine.snp.rmp.Psmash;

/**
 * Makes 4K pages of the 2M page around {@code gpa}: PSMASH, then the nested mapping, as KVM does on a fault with SIZEM.
 * Harmless where either is 4K already.
 */
public record SplitLarge(long gpa, Hosting hosting) implements Routine<Done> {
    @Override
    public Done run(Cpu cpu) {
        Frame head = cpu.ask(new BackingFrame(gpa, Level.SIZE_2M, hosting.geometry().frames()));
        cpu.ask(new Psmash(head));
        return cpu.ask(new SplitNestedPage(gpa));
    }
}
