package org.ringfence.stack.guest.sev;

import org.ringfence.machine.memory.Level;
import org.ringfence.machine.memory.Load;
import org.ringfence.machine.memory.Store;
import org.ringfence.machine.memory.Stored;
import org.ringfence.machine.memory.Touch;
import org.ringfence.machine.memory.Touched;
import org.ringfence.machine.memory.Value;
import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Panic;
import org.ringfence.machine.operation.Routine;
import org.ringfence.machine.snp.rmp.Pvalidate;
import org.ringfence.machine.snp.rmp.PvalidateResult;
import org.ringfence.machine.vocabulary.Meaning;

/** A guest that validates its first page, which its host gives it, writes to it and reads that. */
public record TakePage(
        @Meaning("whether it reads the page once it is validated, so that stale lines leave the caches") boolean evict)
        implements
            Routine<Done> {

    /** The routine with its default options. */
    public static TakePage standard() {
        return new TakePage(true);
    }

    @Override
    public Done run(Cpu cpu) {
        if (cpu.ask(Pvalidate.validate(0, Level.SIZE_4K)) != PvalidateResult.CHANGED) {
            throw new Panic("PVALIDATE failed");
        }
        if (evict && cpu.ask(new Touch(0)) != Touched.DONE) {
            throw new Panic("fault in a read that evicts");
        }
        if (cpu.ask(new Store(0, Value.DATA)) != Stored.STORED) {
            throw new Panic("fault in a store");
        }
        if (!cpu.ask(new Load(0)).isContents()) {
            throw new Panic("fault in a load");
        }
        return Done.DONE;
    }
}
