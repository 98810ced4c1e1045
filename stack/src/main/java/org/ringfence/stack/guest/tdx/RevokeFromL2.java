package org.ringfence.stack.guest.tdx;

import org.ringfence.machine.memory.Level;
import org.ringfence.machine.memory.Load;
import org.ringfence.machine.memory.Note;
import org.ringfence.machine.memory.Store;
import org.ringfence.machine.memory.Value;
import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Routine;
import org.ringfence.machine.tdx.td.L2Access;
import org.ringfence.machine.tdx.tdcall.AwaitL2;
import org.ringfence.machine.tdx.tdcall.InterruptL2;
import org.ringfence.machine.tdx.tdcall.TdgMemPageAttrWr;
import org.ringfence.machine.vocabulary.Meaning;
import org.ringfence.stack.guest.acceptance.AcceptPage;
import org.ringfence.stack.guest.acceptance.Policy;

/** L1 on one CPU lends its L2 VM, which runs on another, a page, takes it back and keeps a secret there. */
public record RevokeFromL2(
        @Meaning("which other CPU runs the L2") int other,
        @Meaning("whether it waits until the other CPU has flushed its translations too; else it flushes its own "
                + "and no other") boolean everyCpu)
        implements
            Routine<Done> {
    private static final long PAGE = 0;

    /** The routine with its default options. */
    public static RevokeFromL2 standard() {
        return new RevokeFromL2(1, true);
    }

    @Override
    public Done run(Cpu cpu) {
        cpu.call(new AcceptPage(PAGE, Level.SIZE_4K, Policy.LINUX, 1, true));
        cpu.ask(TdgMemPageAttrWr.grant(PAGE, Level.SIZE_4K, L2Access.READ_WRITE));
        cpu.ask(Note.givenUp(PAGE));
        cpu.ask(TdgMemPageAttrWr.revoke(PAGE, Level.SIZE_4K, true));
        if (everyCpu) {
            cpu.ask(new InterruptL2(other));
            cpu.ask(new AwaitL2(other));
        }
        cpu.ask(new Store(PAGE, Value.DATA));
        cpu.ask(new Load(PAGE));
        return Done.DONE;
    }
}
