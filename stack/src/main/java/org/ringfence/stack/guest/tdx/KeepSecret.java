package org.ringfence.stack.guest.tdx;

import org.ringfence.machine.memory.Level;
import org.ringfence.machine.memory.Store;
import org.ringfence.machine.memory.Stored;
import org.ringfence.machine.memory.Value;
import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Panic;
import org.ringfence.machine.operation.Routine;
import org.ringfence.stack.guest.acceptance.AcceptPage;
import org.ringfence.stack.guest.acceptance.Policy;

/**
 * A guest that accepts a page, keeps a secret in it and reads it again, twice.
 *
 * @param onException what its #VE handler does
 */
public record KeepSecret(OnException onException) implements Routine<Done> {
    private static final long PAGE = 0;

    /** The routine with its default options. */
    public static KeepSecret standard() {
        return new KeepSecret(OnException.PANIC);
    }

    @Override
    public Done run(Cpu cpu) {
        cpu.call(new AcceptPage(PAGE, Level.SIZE_4K, Policy.LINUX, 1, true));
        if (cpu.ask(new Store(PAGE, Value.DATA)) != Stored.STORED) {
            throw new Panic("#VE in a store to private GPA 0x%X".formatted(PAGE));
        }
        cpu.call(new ReadPage(PAGE, onException));
        cpu.call(new ReadPage(PAGE, onException));
        return Done.DONE;
    }
}
