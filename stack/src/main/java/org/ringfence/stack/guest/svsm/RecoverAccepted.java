package org.ringfence.stack.guest.svsm;

import org.ringfence.machine.memory.Level;
import org.ringfence.machine.memory.Value;
import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Panic;
import org.ringfence.machine.operation.Routine;
import org.ringfence.machine.tdx.tdcall.TdgMemPageAccept;
import org.ringfence.machine.vocabulary.Meaning;
import org.ringfence.stack.guest.acceptance.Policy;

/**
 * A monitor in L1 that lends a page to its L2, accepts it again for itself, and when it is told that it was accepted
 * already recovers: it takes L2's access away, flushes, zeroes the page, and keeps a secret there.
 */
public record RecoverAccepted(
        @Meaning("on whom translations are flushed") SvsmPlatform.Flush flush,
        @Meaning("CPUs of the monitor, on which its L2 runs too") int cpus) implements Routine<Done> {

    private static final long PAGE = 0;

    /** The routine with its default options. */
    public static RecoverAccepted standard() {
        return new RecoverAccepted(SvsmPlatform.Flush.EVERY_CPU, 1);
    }

    @Override
    public Done run(Cpu cpu) {
        SvsmPlatform platform = new SvsmTdpPlatform(SvsmChoices.careful(1).on(Policy.LINUX).onCpus(cpus));
        platform.validate(cpu, PAGE, Level.SIZE_4K);
        platform.grant(cpu, PAGE, Level.SIZE_4K);
        if (!cpu.ask(new TdgMemPageAccept(PAGE, Level.SIZE_4K)).toString().startsWith("TDX_PAGE_ALREADY_ACCEPTED")) {
            throw new Panic("the page was taken away meanwhile");
        }
        platform.revoke(cpu, PAGE, Level.SIZE_4K, flush);
        platform.zero(cpu, PAGE, Level.SIZE_4K);
        OwnPage.write(cpu, PAGE, Value.DATA);
        OwnPage.read(cpu, PAGE);
        return Done.DONE;
    }
}
