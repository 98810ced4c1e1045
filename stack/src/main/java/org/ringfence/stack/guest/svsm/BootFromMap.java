package org.ringfence.stack.guest.svsm;

import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.Store;
import org.ringfence.machine.memory.Stored;
import org.ringfence.machine.memory.Value;
import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Panic;
import org.ringfence.machine.operation.Routine;
import org.ringfence.machine.vocabulary.Meaning;
import org.ringfence.stack.guest.svsm.GuestMap.AwaitMap;
import org.ringfence.stack.guest.svsm.GuestMap.IsMemory;

/** An inner guest that uses the memory it is told of. */
public record BootFromMap(
        @Meaning("how many pages the machine could have, from the first on") int pages,
        @Meaning("whether it takes all of them for memory, as software does that reads the top of memory only") boolean assumesContiguous)
        implements
            Routine<Done> {

    /** The routine with its default options. */
    public static BootFromMap standard() {
        return new BootFromMap(2, false);
    }

    @Override
    public Done run(Cpu cpu) {
        cpu.ask(new AwaitMap());
        for (int page = 0; page < pages; page++) {
            if (assumesContiguous || cpu.ask(new IsMemory(page))) {
                use(cpu, page);
            }
        }
        return Done.DONE;
    }

    private static void use(Cpu cpu, int page) {
        if (cpu.ask(new Store(page * Geometry.SMALL, Value.INNER)) != Stored.STORED) {
            throw new Panic("the inner guest stops at a fault in a store to page %d".formatted(page));
        }
    }
}
