package org.ringfence.stack.guest.tdx;

import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.GuestMemory.Mapping;
import org.ringfence.machine.memory.Store;
import org.ringfence.machine.memory.Value;
import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Panic;
import org.ringfence.machine.operation.Routine;
import org.ringfence.machine.tdx.tdcall.TdgVpVmcallMapGpa;

/**
 * A guest that shares a page, writes to it, makes it private again, and whose driver then writes to the shared alias
 * once more: a mistake of the guest's, which must hurt nobody else.
 */
public record UseSharedAlias() implements Routine<Done> {
    private static final long PAGE = 0;

    @Override
    public Done run(Cpu cpu) {
        map(cpu, Mapping.SHARED);
        cpu.ask(new Store(PAGE, Mapping.SHARED, Value.HOST));
        map(cpu, Mapping.PRIVATE);
        cpu.ask(new Store(PAGE, Mapping.SHARED, Value.HOST));
        return Done.DONE;
    }

    private static void map(Cpu cpu, Mapping to) {
        if (!cpu.ask(new TdgVpVmcallMapGpa(to, PAGE, Geometry.SMALL)).is(TdgVpVmcallMapGpa.SUCCESS)) {
            throw new Panic("MapGPA to %s failed".formatted(to));
        }
    }
}
