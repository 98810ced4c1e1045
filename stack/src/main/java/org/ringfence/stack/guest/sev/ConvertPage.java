package org.ringfence.stack.guest.sev;

import org.ringfence.machine.memory.Stored;
import org.ringfence.machine.memory.Touched;
import org.ringfence.machine.memory.Value;
import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Panic;
import org.ringfence.machine.operation.Routine;
import org.ringfence.machine.sev.ClflushMapped;
import org.ringfence.machine.sev.Invlpg;
import org.ringfence.machine.sev.LoadMapped;
import org.ringfence.machine.sev.SetCBit;
import org.ringfence.machine.sev.StoreMapped;
import org.ringfence.machine.vocabulary.Meaning;

/**
 * A guest that changes the C-bit of its first page, which it has written, writes to it anew and reads that: the order
 * is Linux's. What it wrote before is of no use to it any more.
 */
public record ConvertPage(
        @Meaning("what the page becomes") To to,
        @Meaning("whether it flushes what is cached through the old mapping, before it changes it") boolean flush)
        implements
            Routine<Done> {

    /** What the page becomes. */
    public enum To {
        @Meaning("C-bit 0.")
        SHARED,
        @Meaning("C-bit 1.")
        PRIVATE
    }

    /** The routine with its default options. */
    public static ConvertPage standard() {
        return new ConvertPage(To.SHARED, true);
    }

    @Override
    public Done run(Cpu cpu) {
        if (to == To.PRIVATE) {
            remap(cpu, false);
        }
        store(cpu, Value.DATA);
        if (flush && cpu.ask(new ClflushMapped(0)) != Touched.DONE) {
            throw new Panic("fault in CLFLUSH");
        }
        remap(cpu, to == To.PRIVATE);
        store(cpu, Value.NEWER);
        if (!cpu.ask(new LoadMapped(0)).isContents()) {
            throw new Panic("fault in a load");
        }
        return Done.DONE;
    }

    private static void remap(Cpu cpu, boolean encrypted) {
        cpu.ask(new SetCBit(0, encrypted));
        cpu.ask(new Invlpg(0));
    }

    private static void store(Cpu cpu, Value value) {
        if (cpu.ask(new StoreMapped(0, value)) != Stored.STORED) {
            throw new Panic("fault in a store");
        }
    }
}
