package org.ringfence.stack.guest.uefi.handover;

import org.ringfence.machine.operation.Cpu;
import org.ringfence.stack.guest.uefi.dma.IoMmuProtocol;
import org.ringfence.stack.guest.uefi.event.EventServices;
import org.ringfence.stack.guest.uefi.event.Notification;

/**
 * The IOMMU driver's functions at ExitBootServices: its handler, and that of its private event.
 *
 * @param second the private event
 * @param pages of memory
 */
record HandlerOfIoMmu(Teardown teardown, IoMmuProtocol protocol, int second, int pages) implements Notification {
    @Override
    public void notify(Cpu cpu, EventServices services, int event) {
        if (teardown == Teardown.FIRST_HANDLER || event == second) {
            protocol.unmapAll(cpu);
            if (teardown == Teardown.OPENS_ALL) {
                protocol.openAll(cpu, pages);
            }
        } else {
            services.signal(cpu, second);
        }
    }
}
