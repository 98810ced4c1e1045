package org.ringfence.stack.guest.uefi.memory;

import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Routine;
import org.ringfence.stack.guest.uefi.event.EventOperation.CloseEvent;
import org.ringfence.stack.guest.uefi.event.EventServices;
import org.ringfence.stack.guest.uefi.event.Notification;
import org.ringfence.stack.guest.uefi.memory.BootOperation.Fact;
import org.ringfence.stack.guest.uefi.memory.BootOperation.IsSo;
import org.ringfence.stack.guest.uefi.memory.MemoryOperation.AddMemory;
import org.ringfence.stack.guest.uefi.memory.MemoryOperation.FindUnaccepted;
import org.ringfence.stack.guest.uefi.memory.MemoryOperation.Unaccepted;

/**
 * Before boot services end, accepts all memory for an operating system that could not do it, and makes it free memory;
 * so the map changes, and the first ExitBootServices with it fails. A loader that calls AllowUnacceptedMemory is left
 * alone. SEV-SNP only: on TDX nobody does this, and such a system never sees that memory. Source: edk2,
 * OvmfPkg/AmdSevDxe/AmdSevDxe.c (ResolveUnacceptedMemory, AcceptAllMemory).
 */
public record AcceptAllMemory(AcceptMemory by) implements Notification {
    @Override
    public void notify(Cpu cpu, EventServices services, int event) {
        if (!cpu.ask(new IsSo(Fact.ALLOWS_UNACCEPTED))) {
            cpu.call(new From(new MemoryServices(services), by, 0));
            cpu.ask(new CloseEvent(event));
        }
    }

    /** From a page on, one range after the other. */
    record From(MemoryServices memory, AcceptMemory by, int page) implements Routine<Done> {
        @Override
        public Done run(Cpu cpu) {
            Unaccepted range = cpu.ask(new FindUnaccepted(page));
            if (!range.isAny()) {
                return Done.DONE;
            }
            by.accept(cpu, range.page() * Geometry.SMALL, range.pages() * Geometry.SMALL);
            memory.add(cpu, new AddMemory(range.page(), range.pages(), EfiMemoryType.CONVENTIONAL));
            return cpu.become(new From(memory, by, range.page() + range.pages()));
        }
    }
}
