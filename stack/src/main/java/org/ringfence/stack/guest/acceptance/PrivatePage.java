package org.ringfence.stack.guest.acceptance;

import org.ringfence.machine.memory.Load;
import org.ringfence.machine.memory.Loaded;
import org.ringfence.machine.memory.Store;
import org.ringfence.machine.memory.Stored;
import org.ringfence.machine.memory.Value;
import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Panic;

/** Reads and writes a page through its private mapping, as software does that takes every fault there for the end. */
public final class PrivatePage {
    private PrivatePage() {}

    /** Writes a private page; a fault ends the guest. */
    public static void write(Cpu cpu, long gpa, Value value) {
        if (cpu.ask(new Store(gpa, value)) != Stored.STORED) {
            throw new Panic("fault in a store to private GPA 0x%X".formatted(gpa));
        }
    }

    /** Reads a private page; a fault ends the guest. */
    public static Loaded read(Cpu cpu, long gpa) {
        Loaded loaded = cpu.ask(new Load(gpa));
        if (!loaded.isContents()) {
            throw new Panic("fault in a load from private GPA 0x%X".formatted(gpa));
        }
        return loaded;
    }
}
