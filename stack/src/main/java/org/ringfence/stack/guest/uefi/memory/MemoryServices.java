package org.ringfence.stack.guest.uefi.memory;

import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Panic;
import org.ringfence.stack.guest.uefi.EfiStatus;
import org.ringfence.stack.guest.uefi.event.EventGroup;
import org.ringfence.stack.guest.uefi.event.EventOperation.QueueGroup;
import org.ringfence.stack.guest.uefi.event.EventServices;
import org.ringfence.stack.guest.uefi.event.Tpl;
import org.ringfence.stack.guest.uefi.memory.MemoryOperation.AddMemory;
import org.ringfence.stack.guest.uefi.memory.MemoryOperation.AllocatePages;
import org.ringfence.stack.guest.uefi.memory.MemoryOperation.Allocated;
import org.ringfence.stack.guest.uefi.memory.MemoryOperation.FreePages;

/**
 * The memory services of a DXE core. Their lock is at {@link Tpl#NOTIFY}; whoever calls from above is ended by an
 * assertion in RaiseTPL, as in edk2. A change of the map notifies its group when the lock is released.
 */
public record MemoryServices(EventServices events) {

    /** AllocatePages. */
    public Allocated allocate(Cpu cpu, AllocatePages request) {
        int level = lock(cpu);
        Allocated allocated = cpu.ask(request);
        release(cpu, level, !allocated.status().isError());
        return allocated;
    }

    /** FreePages. */
    public EfiStatus free(Cpu cpu, long address, int pages) {
        int level = lock(cpu);
        EfiStatus status = cpu.ask(new FreePages(address, pages));
        release(cpu, level, !status.isError());
        return status;
    }

    /** Memory comes, or what was there becomes another type. */
    public void add(Cpu cpu, AddMemory range) {
        int level = lock(cpu);
        cpu.ask(range);
        release(cpu, level, true);
    }

    private int lock(Cpu cpu) {
        int level = events.raise(cpu, Tpl.NOTIFY);
        if (level > Tpl.NOTIFY) {
            throw new Panic("FATAL ERROR - RaiseTpl with OldTpl(0x%x) > NewTpl(0x%x)".formatted(level, Tpl.NOTIFY));
        }
        return level;
    }

    private void release(Cpu cpu, int level, boolean changed) {
        if (changed) {
            cpu.ask(new QueueGroup(EventGroup.MEMORY_MAP_CHANGE, 0));
        }
        events.restore(cpu, level);
    }
}
