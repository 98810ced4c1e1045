package org.ringfence.stack.guest.uefi.event;

import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Routine;
import org.ringfence.stack.guest.uefi.event.EventOperation.CountMembers;
import org.ringfence.stack.guest.uefi.event.EventOperation.QueueGroup;

/**
 * Queues the functions of every member of a group, and then runs what is queued above the caller's level. Source: edk2,
 * MdeModulePkg/Core/Dxe/Event/Event.c (CoreNotifySignalList).
 */
public record SignalGroup(EventServices services, EventGroup group) implements Routine<Done> {
    @Override
    public Done run(Cpu cpu) {
        int order = services.order() == Order.ANY_SIGNALLING ? anyOrder(cpu) : 0;
        int level = cpu.ask(new QueueGroup(group, order));
        services.restore(cpu, level);
        return Done.DONE;
    }

    private int anyOrder(Cpu cpu) {
        int orders = 1;
        for (int members = cpu.ask(new CountMembers(group)); members > 1; members--) {
            orders *= members;
        }
        return orders > 1 ? cpu.choose(orders) : 0;
    }
}
