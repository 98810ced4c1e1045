package org.ringfence.stack.guest.acceptance;

import org.ringfence.machine.memory.Level;
import org.ringfence.machine.memory.Value;
import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Routine;
import org.ringfence.machine.tdx.td.L2Access;
import org.ringfence.machine.tdx.tdcall.TdgMemPageAttrWr;
import org.ringfence.machine.vocabulary.Meaning;
import org.ringfence.stack.guest.acceptance.BitmapOperation.MarkAccepted;
import org.ringfence.stack.guest.acceptance.BitmapOperation.TestAccepted;

/**
 * A guest on TDX that accepts a page, uses it, and then by mistake accepts it again: a second driver was told of the
 * same memory, or the record of what was accepted got lost on the way.
 */
public record Reaccept(
        @Meaning("what it does when a page was accepted before") Policy policy,
        @Meaning("whether a bitmap keeps it from its mistake") Tracking tracking,
        @Meaning("whether the page is the inner guest's, which a bitmap of the monitor's own pages does not cover") boolean innerPage,
        @Meaning("whether the inner guest may read and write the page before the second accept") boolean grant,
        @Meaning("the size it accepts the page in") Level level,
        @Meaning("4K pages in a 2M page") int small)
        implements
            Routine<Done> {

    private static final long PAGE = 0;

    /** The routine with its default options. */
    public static Reaccept standard() {
        return new Reaccept(Policy.LINUX, Tracking.NONE, false, false, Level.SIZE_4K, 1);
    }

    @Override
    public Done run(Cpu cpu) {
        take(cpu);
        if (grant) {
            cpu.ask(TdgMemPageAttrWr.grant(PAGE, level, L2Access.READ_WRITE));
        } else {
            PrivatePage.read(cpu, PAGE);
            PrivatePage.write(cpu, PAGE, Value.DATA);
            PrivatePage.read(cpu, PAGE);
        }
        take(cpu);
        PrivatePage.read(cpu, PAGE);
        PrivatePage.write(cpu, PAGE, Value.NEWER);
        PrivatePage.read(cpu, PAGE);
        return Done.DONE;
    }

    private void take(Cpu cpu) {
        boolean tracked = tracking == Tracking.WHOLE_GUEST || tracking == Tracking.OWN_PAGES && !innerPage;
        if (tracked && cpu.ask(new TestAccepted(PAGE))) {
            return;
        }
        cpu.call(new AcceptPage(PAGE, level, policy, small, true));
        if (tracked) {
            cpu.ask(new MarkAccepted(PAGE, true));
        }
    }
}
