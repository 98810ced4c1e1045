package org.ringfence.stack.guest.uefi.handover;

import java.util.ArrayList;
import java.util.List;
import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Property;
import org.ringfence.machine.operation.Routine;
import org.ringfence.stack.guest.uefi.EfiStatus;
import org.ringfence.stack.guest.uefi.boot.FindMemory;
import org.ringfence.stack.guest.uefi.dma.IoMmuOperation.Newest;
import org.ringfence.stack.guest.uefi.dma.IoMmuProtocol;
import org.ringfence.stack.guest.uefi.dma.Protection;
import org.ringfence.stack.guest.uefi.event.EventGroup;
import org.ringfence.stack.guest.uefi.event.EventServices;
import org.ringfence.stack.guest.uefi.event.EventType;
import org.ringfence.stack.guest.uefi.event.Notification;
import org.ringfence.stack.guest.uefi.event.Order;
import org.ringfence.stack.guest.uefi.event.Tpl;
import org.ringfence.stack.guest.uefi.memory.AcceptAllMemory;
import org.ringfence.stack.guest.uefi.memory.ExitBootServices;
import org.ringfence.stack.guest.uefi.memory.ExitBootServices.NoHook;
import org.ringfence.stack.guest.uefi.memory.MemoryOperation.GetMemoryMap;

/**
 * A loader that does not know of unaccepted memory ends boot services, and tries once more when the map has changed.
 * Each driver has a handler that halts its device, the IOMMU driver one that signals its second event, and on SEV-SNP
 * the firmware one that accepts all memory before.
 *
 * @param drivers with a device each
 */
public record LeaveFirmware(Protection on, IoMmuProtocol protocol, int drivers)
        implements
            Routine<LeaveFirmware.Left> {
    private static final int SECOND_EVENT = 1;
    private static final int ATTEMPTS = 2;

    /** Events that it creates beside the drivers'. */
    public static final int MORE_EVENTS = 3;

    /**
     * How boot services ended.
     *
     * @param statuses of ExitBootServices, one for each call
     * @param key of the loader's copy of the map
     * @param after the key when all handlers had run
     */
    public record Left(List<EfiStatus> statuses, long key, long after) {
        public Left {
            statuses = List.copyOf(statuses);
        }

        /** Whether boot services are over, and the loader's copy of the map is true. */
        public boolean isGood() {
            return !statuses.getLast().isError() && key == after;
        }
    }

    @Override
    public Left run(Cpu cpu) {
        List<Notification> functions = new ArrayList<>();
        for (int driver = 0; driver < drivers; driver++) {
            functions.add(new HandlerOfDriver(DriverKind.HALTS, driver, driver + 1, SECOND_EVENT, protocol));
        }
        functions.add(new HandlerOfIoMmu(Teardown.SECOND_EVENT, protocol, SECOND_EVENT, 0));
        functions.add(new AcceptAllMemory(FindMemory.acceptance(on)));
        EventServices services = new EventServices(Order.EDK2, functions);
        int ofIoMmu = drivers + 1;
        services.createEvent(cpu, EventType.NOTIFY_SIGNAL, Tpl.CALLBACK, ofIoMmu);
        for (int function = 1; function <= ofIoMmu; function++) {
            services.createEvent(
                    cpu, EventType.NOTIFY_SIGNAL, Tpl.CALLBACK, function, EventGroup.EXIT_BOOT_SERVICES);
        }
        if (on == Protection.SNP) {
            services.createEvent(
                    cpu, EventType.NOTIFY_SIGNAL, Tpl.CALLBACK, ofIoMmu + 1, EventGroup.BEFORE_EXIT_BOOT_SERVICES);
        }
        return leave(cpu, services);
    }

    private static Left leave(Cpu cpu, EventServices services) {
        List<EfiStatus> statuses = new ArrayList<>();
        long key = 0;
        while (statuses.size() < ATTEMPTS && (statuses.isEmpty() || statuses.getLast().isError())) {
            key = cpu.ask(GetMemoryMap.whole()).key();
            statuses.add(cpu.call(new ExitBootServices(services, key, NoHook.NONE)));
        }
        Left left = new Left(statuses, key, cpu.ask(GetMemoryMap.whole()).key());
        cpu.ask(new Judge(Property.ACCOUNTING, left.isGood() && cpu.ask(new Newest()) == 0));
        return left;
    }
}
