package org.ringfence.stack.guest.svsm;

import org.ringfence.machine.memory.Load;
import org.ringfence.machine.memory.Loaded;
import org.ringfence.machine.memory.Store;
import org.ringfence.machine.memory.Stored;
import org.ringfence.machine.memory.Value;
import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Panic;

/**
 * How a monitor reads and writes its own pages: every fault there stops it. Source: COCONUT-SVSM, kernel/src/cpu/vc.rs.
 */
final class OwnPage {
    private OwnPage() {}

    static void write(Cpu cpu, long gpa, Value value) {
        Stored stored = cpu.ask(new Store(gpa, value));
        if (stored != Stored.STORED) {
            throw new Panic("the monitor stops at a fault, %s, in a store to GPA 0x%X".formatted(stored, gpa));
        }
    }

    static Loaded read(Cpu cpu, long gpa) {
        Loaded loaded = cpu.ask(new Load(gpa));
        if (!loaded.isContents()) {
            throw new Panic("the monitor stops at a fault, %s, in a load from GPA 0x%X".formatted(loaded, gpa));
        }
        return loaded;
    }
}
