package org.ringfence.stack.guest.tdx;

import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.GuestMemory.Mapping;
import org.ringfence.machine.memory.Level;
import org.ringfence.machine.memory.Store;
import org.ringfence.machine.memory.Stored;
import org.ringfence.machine.memory.Value;
import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Panic;
import org.ringfence.machine.operation.Routine;
import org.ringfence.machine.tdx.tdcall.TdgVpVmcallMapGpa;
import org.ringfence.stack.guest.acceptance.AcceptPage;
import org.ringfence.stack.guest.acceptance.Policy;

/** A guest that accepts a page, keeps a secret in it for a while, and gives the page up by MapGPA. */
public record GiveUpSecret() implements Routine<Done> {
    private static final long PAGE = 0;

    @Override
    public Done run(Cpu cpu) {
        cpu.call(new AcceptPage(PAGE, Level.SIZE_4K, Policy.LINUX, 1, true));
        if (cpu.ask(new Store(PAGE, Value.DATA)) != Stored.STORED) {
            throw new Panic("#VE in a store to private GPA 0x%X".formatted(PAGE));
        }
        cpu.ask(new TdgVpVmcallMapGpa(Mapping.SHARED, PAGE, Geometry.SMALL));
        return Done.DONE;
    }
}
