package org.ringfence.stack.guest.tdx;

import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Routine;
import org.ringfence.machine.tdx.tdcall.TdgVpEnter;
import org.ringfence.machine.tdx.tdcall.TdgVpInvept;
import org.ringfence.machine.vocabulary.Meaning;

/**
 * L1 on a CPU that runs an L2 VM for ever: whenever that exits, it flushes what the CPU keeps of its translations, and
 * runs it again.
 */
public record RunL2(
        @Meaning("which L2 VM, 1 to 3") int vm) implements Routine<Done> {

    /** The routine with its default options. */
    public static RunL2 standard() {
        return new RunL2(1);
    }

    @Override
    public Done run(Cpu cpu) {
        cpu.ask(new TdgVpEnter(vm));
        cpu.ask(new TdgVpInvept(1L << vm));
        return cpu.again(this);
    }
}
