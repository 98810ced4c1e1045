package org.ringfence.stack.guest.svsm;

import org.ringfence.machine.memory.Level;
import org.ringfence.machine.memory.Value;
import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Routine;
import org.ringfence.machine.vocabulary.Meaning;
import org.ringfence.stack.guest.acceptance.AcceptPage;
import org.ringfence.stack.guest.acceptance.BitmapOperation.MarkAccepted;
import org.ringfence.stack.guest.acceptance.BitmapOperation.TestAccepted;
import org.ringfence.stack.guest.acceptance.Policy;

/**
 * A monitor in L1 that carries out an accept for its inner guest, whose TDCALL came to it, and later takes the page
 * back for its own use. It keeps a bitmap of what was accepted, and takes "already accepted" on a page that is not in
 * it for an attack.
 */
public record ForwardAccept(
        @Meaning("whether it enters what it accepts for its inner guest into the bitmap") boolean record)
        implements
            Routine<Done> {

    private static final long PAGE = 0;

    /** The routine with its default options. */
    public static ForwardAccept standard() {
        return new ForwardAccept(true);
    }

    @Override
    public Done run(Cpu cpu) {
        SvsmTdpPlatform platform = new SvsmTdpPlatform(SvsmChoices.careful(1));
        cpu.call(new AcceptPage(PAGE, Level.SIZE_4K, Policy.LINUX, 1, true));
        if (record) {
            cpu.ask(new MarkAccepted(PAGE, true));
        }
        platform.grant(cpu, PAGE, Level.SIZE_4K);
        platform.revoke(cpu, PAGE, Level.SIZE_4K, SvsmPlatform.Flush.EVERY_CPU);
        if (!cpu.ask(new TestAccepted(PAGE))) {
            cpu.call(new AcceptPage(PAGE, Level.SIZE_4K, Policy.LINUX, 1, true));
            cpu.ask(new MarkAccepted(PAGE, true));
        }
        platform.zero(cpu, PAGE, Level.SIZE_4K);
        OwnPage.write(cpu, PAGE, Value.DATA);
        return Done.DONE;
    }
}
