package org.ringfence.stack.guest.linux.convert;

import org.ringfence.machine.memory.Stored;
import org.ringfence.machine.memory.Value;
import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Panic;
import org.ringfence.stack.guest.linux.convert.DirectMap.ReadMapped;
import org.ringfence.stack.guest.linux.convert.DirectMap.WriteMapped;

/** Writes a page as the direct map has it and reads it again; a fault there ends the guest. */
final class MappedPage {
    private MappedPage() {}

    static void use(Cpu cpu, long gpa, Value value) {
        if (cpu.ask(new WriteMapped(gpa, value)) != Stored.STORED) {
            throw new Panic("fault in a write of GPA 0x%X".formatted(gpa));
        }
        if (!cpu.ask(new ReadMapped(gpa, false)).isContents()) {
            throw new Panic("fault in a read of GPA 0x%X".formatted(gpa));
        }
    }
}
