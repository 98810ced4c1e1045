package org.ringfence.stack.guest.uefi.memory;

import org.ringfence.machine.memory.Geometry;
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
import org.ringfence.stack.guest.uefi.memory.MemoryOperation.Where;
import org.ringfence.stack.guest.uefi.memory.PoolOperation.AddPoolPages;
import org.ringfence.stack.guest.uefi.memory.PoolOperation.AllocatePool;
import org.ringfence.stack.guest.uefi.memory.PoolOperation.FreePool;
import org.ringfence.stack.guest.uefi.memory.PoolOperation.Served;

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

    /**
     * AllocatePool. The pool's lock is at the same level as the map's, which is taken within it; so whoever waits for a
     * change of the map is notified when the pool is consistent again.
     *
     * @param type the number of a type
     * @param bytes unsigned
     * @param asks whether the caller gives a pointer for the address
     */
    public Allocated allocatePool(Cpu cpu, long type, long bytes, boolean asks) {
        if (!asks) {
            return new Allocated(EfiStatus.EFI_INVALID_PARAMETER, 0);
        }
        if (EfiMemoryType.isRefused(type)) {
            return new Allocated(EfiStatus.EFI_INVALID_PARAMETER, 0);
        }
        if (Long.compareUnsigned(bytes, PoolBins.MAX_POOL_SIZE) > 0) {
            return new Allocated(EfiStatus.EFI_OUT_OF_RESOURCES, 0);
        }
        int level = lock(cpu);
        Served served = roomy(cpu.ask(new AllocatePool(type, bytes)));
        if (served.pages() == 0) {
            release(cpu, level, false);
            return new Allocated(EfiStatus.EFI_SUCCESS, served.address());
        }
        Allocated pages = cpu.ask(new AllocatePages(Where.ANY_PAGES, type, served.pages(), 0));
        boolean changed = !pages.status().isError();
        long address = changed
                ? roomy(cpu.ask(new AddPoolPages(type, bytes, (int) (pages.address() / Geometry.SMALL)))).address()
                : 0;
        release(cpu, level, changed);
        return new Allocated(pages.status(), address);
    }

    private static Served roomy(Served served) {
        if (served.status() == EfiStatus.EFI_ABORTED) {
            throw new Panic("the machine has no room for another block of pool");
        }
        return served;
    }

    /** FreePool. */
    public EfiStatus freePool(Cpu cpu, long address) {
        if (address == 0) {
            return EfiStatus.EFI_INVALID_PARAMETER;
        }
        int level = lock(cpu);
        FreePool request = new FreePool(address);
        Served served = cpu.ask(request);
        if (served.pages() != 0) {
            cpu.ask(new FreePages(request.firstPage(), served.pages()));
        }
        release(cpu, level, served.pages() != 0);
        return served.status();
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
