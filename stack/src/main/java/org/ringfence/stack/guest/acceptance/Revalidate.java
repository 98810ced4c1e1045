package org.ringfence.stack.guest.acceptance;

import org.ringfence.machine.memory.Value;
import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Routine;
import org.ringfence.machine.vocabulary.Meaning;
import org.ringfence.stack.guest.acceptance.BitmapOperation.MarkAccepted;
import org.ringfence.stack.guest.acceptance.BitmapOperation.TestAccepted;

/**
 * A guest on SEV-SNP that validates a page, uses it, and by mistake validates it again. It takes the page for its own
 * and live, so the second time it zeroes nothing.
 */
public record Revalidate(
        @Meaning("whether a bitmap keeps it from its mistake") Tracking tracking,
        @Meaning("what it makes of the carry flag") CarryFlag carryFlag) implements Routine<Done> {

    private static final long PAGE = 0;

    /** The routine with its default options. */
    public static Revalidate standard() {
        return new Revalidate(Tracking.NONE, CarryFlag.FATAL);
    }

    @Override
    public Done run(Cpu cpu) {
        take(cpu, true);
        PrivatePage.read(cpu, PAGE);
        PrivatePage.write(cpu, PAGE, Value.DATA);
        PrivatePage.write(cpu, PAGE, Value.NEWER);
        PrivatePage.read(cpu, PAGE);
        take(cpu, false);
        PrivatePage.read(cpu, PAGE);
        return Done.DONE;
    }

    private void take(Cpu cpu, boolean scrub) {
        if (tracking != Tracking.NONE && cpu.ask(new TestAccepted(PAGE))) {
            return;
        }
        cpu.call(new ValidatePage(PAGE, true, carryFlag, scrub));
        if (tracking != Tracking.NONE) {
            cpu.ask(new MarkAccepted(PAGE, true));
        }
    }
}
