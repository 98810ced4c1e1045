package org.ringfence.stack.host.tdx;

import org.ringfence.machine.memory.Level;
import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Routine;
import org.ringfence.machine.tdx.seamcall.TdhMemPageRemove;
import org.ringfence.machine.tdx.seamcall.TdhMemRangeBlock;
import org.ringfence.machine.vocabulary.Meaning;

/**
 * A host that once blocks a page and removes it without waiting for anybody to leave the TD: on another CPU than the
 * one that serves the TD.
 */
public record TakeWithoutTracking(
        @Meaning("the page's address") long gpa) implements Routine<Done> {

    /** The routine with its default options. */
    public static TakeWithoutTracking standard() {
        return new TakeWithoutTracking(0);
    }

    @Override
    public Done run(Cpu cpu) {
        cpu.ask(new TdhMemRangeBlock(gpa, Level.SIZE_4K));
        cpu.ask(new TdhMemPageRemove(gpa, Level.SIZE_4K));
        return Done.DONE;
    }
}
