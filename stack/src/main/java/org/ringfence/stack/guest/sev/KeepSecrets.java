package org.ringfence.stack.guest.sev;

import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.Load;
import org.ringfence.machine.memory.Store;
import org.ringfence.machine.memory.Stored;
import org.ringfence.machine.memory.Value;
import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Panic;
import org.ringfence.machine.operation.Routine;
import org.ringfence.machine.vocabulary.Meaning;

/** A guest that keeps a secret in its first page, and reads it. It does nothing about who else may write there. */
public record KeepSecrets(
        @Meaning("whether it keeps another secret in its second page") boolean second,
        @Meaning("whether it replaces the secret by a newer one before it reads it") boolean overwrite)
        implements
            Routine<Done> {
    private static final long FIRST = 0;
    private static final long SECOND = Geometry.SMALL;

    /** The routine with its default options. */
    public static KeepSecrets standard() {
        return new KeepSecrets(false, false);
    }

    @Override
    public Done run(Cpu cpu) {
        write(cpu, FIRST, Value.DATA);
        if (second) {
            write(cpu, SECOND, Value.NEWER);
        }
        if (overwrite) {
            write(cpu, FIRST, Value.NEWER);
        }
        if (!cpu.ask(new Load(FIRST)).isContents()) {
            throw new Panic("fault in a load from the first page");
        }
        return Done.DONE;
    }

    private static void write(Cpu cpu, long gpa, Value value) {
        if (cpu.ask(new Store(gpa, value)) != Stored.STORED) {
            throw new Panic("fault in a store to GPA 0x%X".formatted(gpa));
        }
    }
}
