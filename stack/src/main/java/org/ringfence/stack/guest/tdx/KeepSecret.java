package org.ringfence.stack.guest.tdx;

import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.Level;
import org.ringfence.machine.memory.Store;
import org.ringfence.machine.memory.Stored;
import org.ringfence.machine.memory.Value;
import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Panic;
import org.ringfence.machine.operation.Routine;
import org.ringfence.machine.vocabulary.Meaning;
import org.ringfence.stack.guest.acceptance.AcceptPage;
import org.ringfence.stack.guest.acceptance.Policy;

/** A guest that accepts a page, keeps a secret in it and reads it again, twice. */
public record KeepSecret(
        @Meaning("what its #VE handler does") OnException onException,
        @Meaning("which 4K page, from 0") int page) implements Routine<Done> {
    /** The routine with its default options. */
    public static KeepSecret standard() {
        return new KeepSecret(OnException.PANIC, 0);
    }

    @Override
    public Done run(Cpu cpu) {
        long gpa = page * Geometry.SMALL;
        cpu.call(new AcceptPage(gpa, Level.SIZE_4K, Policy.LINUX, 1, true));
        if (cpu.ask(new Store(gpa, Value.DATA)) != Stored.STORED) {
            throw new Panic("#VE in a store to private GPA 0x%X".formatted(gpa));
        }
        cpu.call(new ReadPage(gpa, onException));
        cpu.call(new ReadPage(gpa, onException));
        return Done.DONE;
    }
}
