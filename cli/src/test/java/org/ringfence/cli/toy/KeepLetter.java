package org.ringfence.cli.toy;

import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Panic;
import org.ringfence.machine.operation.Routine;

/** Puts a letter into a drawer and looks for it. */
public record KeepLetter(long gpa, OnLoss onLoss, int looks, boolean put, String label) implements Routine<Done> {

    /** What the owner does about a lost letter. */
    public enum OnLoss {
        SHRUG,
        PANIC_AT_ONCE
    }

    @Override
    public Done run(Cpu cpu) {
        if (put) {
            cpu.ask(new DrawerOperation.Put(gpa));
        }
        for (int i = 0; i < looks; i++) {
            if (cpu.ask(new DrawerOperation.Look(gpa)) == Drawers.Content.NOTHING && onLoss == OnLoss.PANIC_AT_ONCE) {
                throw new Panic("the letter is gone");
            }
        }
        return Done.DONE;
    }
}
