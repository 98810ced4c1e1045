package org.ringfence.stack.guest.uefi.handover;

import java.util.List;
import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Panic;
import org.ringfence.machine.operation.Property;
import org.ringfence.machine.operation.Routine;
import org.ringfence.machine.vocabulary.Meaning;
import org.ringfence.stack.guest.uefi.EfiStatus;
import org.ringfence.stack.guest.uefi.dma.Protection;
import org.ringfence.stack.guest.uefi.event.EventGroup;
import org.ringfence.stack.guest.uefi.event.EventServices;
import org.ringfence.stack.guest.uefi.event.EventType;
import org.ringfence.stack.guest.uefi.event.Notification;
import org.ringfence.stack.guest.uefi.event.Order;
import org.ringfence.stack.guest.uefi.event.Tpl;
import org.ringfence.stack.guest.uefi.memory.AcceptAllMemory;
import org.ringfence.stack.guest.uefi.memory.AcceptOnSnp;
import org.ringfence.stack.guest.uefi.memory.BootOperation.Becomes;
import org.ringfence.stack.guest.uefi.memory.BootOperation.Fact;
import org.ringfence.stack.guest.uefi.memory.EfiMemoryType;
import org.ringfence.stack.guest.uefi.memory.ExitBootServices;
import org.ringfence.stack.guest.uefi.memory.ExitBootServices.NoHook;
import org.ringfence.stack.guest.uefi.memory.MemoryOperation.AddMemory;
import org.ringfence.stack.guest.uefi.memory.MemoryOperation.FindUnaccepted;
import org.ringfence.stack.guest.uefi.memory.MemoryOperation.GetMemoryMap;
import org.ringfence.stack.guest.uefi.memory.MemoryServices;

/**
 * Firmware whose last page is not accepted, as memory above 4 GiB is not, and a loader that leaves.
 *
 * @param pages of memory
 */
public record UnacceptedFirmware(Options options, int pages) implements Routine<Done> {

    /** Options. */
    public record Options(
            @Meaning("what protects the guest; on SEV-SNP firmware accepts all memory for a loader that does not "
                    + "say otherwise") Protection on,
            @Meaning("whether the operating system accepts memory itself, and its loader says so") boolean aware) {
        /** The defaults. */
        public static Options standard() {
            return new Options(Protection.SNP, false);
        }
    }

    @Override
    public Done run(Cpu cpu) {
        List<Notification> functions = List.of(new AcceptAllMemory(AcceptOnSnp.SNP));
        EventServices services = new EventServices(Order.EDK2, functions);
        MemoryServices memory = new MemoryServices(services);
        options.on.acceptAll(cpu, pages - 1);
        memory.add(cpu, new AddMemory(1, pages - 2, EfiMemoryType.CONVENTIONAL));
        memory.add(cpu, new AddMemory(pages - 1, 1, EfiMemoryType.UNACCEPTED));
        if (options.on == Protection.SNP) {
            services.createEvent(
                    cpu, EventType.NOTIFY_SIGNAL, Tpl.CALLBACK, 1, EventGroup.BEFORE_EXIT_BOOT_SERVICES);
        }
        if (options.aware) {
            cpu.ask(new Becomes(Fact.ALLOWS_UNACCEPTED));
        }
        EfiStatus first = leave(cpu, services);
        if (first.isError() && leave(cpu, services).isError()) {
            throw new Panic("ExitBootServices failed twice");
        }
        boolean all = options.aware || !cpu.ask(new FindUnaccepted(0)).isAny();
        cpu.ask(new Judge(Property.ACCOUNTING, all));
        return Done.DONE;
    }

    private static EfiStatus leave(Cpu cpu, EventServices services) {
        long key = cpu.ask(GetMemoryMap.whole()).key();
        return cpu.call(new ExitBootServices(services, key, NoHook.NONE));
    }
}
