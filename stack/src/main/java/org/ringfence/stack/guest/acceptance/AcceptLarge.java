package org.ringfence.stack.guest.acceptance;

import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.Level;
import org.ringfence.machine.memory.Value;
import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Routine;
import org.ringfence.machine.vocabulary.Meaning;

/** A guest on TDX that accepts 2M at once, whatever the host backs it with, and uses each 4K page of it. */
public record AcceptLarge(
        @Meaning("what it does when a page was accepted before, or has another size") Policy policy,
        @Meaning("4K pages in a 2M page") int small,
        @Meaning("whether it goes on in 4K pages when the size does not match") boolean fallBack)
        implements
            Routine<Done> {

    /** The routine with its default options. */
    public static AcceptLarge standard() {
        return new AcceptLarge(Policy.LINUX, 2, true);
    }

    @Override
    public Done run(Cpu cpu) {
        cpu.call(new AcceptPage(0, Level.SIZE_2M, policy, small, fallBack));
        for (int i = 0; i < small; i++) {
            PrivatePage.read(cpu, i * Geometry.SMALL);
            PrivatePage.write(cpu, i * Geometry.SMALL, Value.DATA);
            PrivatePage.read(cpu, i * Geometry.SMALL);
        }
        return Done.DONE;
    }
}
