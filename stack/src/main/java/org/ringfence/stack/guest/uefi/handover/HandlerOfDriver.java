package org.ringfence.stack.guest.uefi.handover;

import org.ringfence.machine.device.DeviceOperation.HaltDevice;
import org.ringfence.machine.memory.Store;
import org.ringfence.machine.memory.Value;
import org.ringfence.machine.operation.Cpu;
import org.ringfence.stack.guest.uefi.dma.IoMmuProtocol;
import org.ringfence.stack.guest.uefi.event.EventServices;
import org.ringfence.stack.guest.uefi.event.Notification;
import org.ringfence.stack.guest.uefi.memory.EfiMemoryType;
import org.ringfence.stack.guest.uefi.memory.MemoryOperation.AllocatePages;
import org.ringfence.stack.guest.uefi.memory.MemoryOperation.Allocated;
import org.ringfence.stack.guest.uefi.memory.MemoryServices;

/**
 * A driver's handler at ExitBootServices.
 *
 * @param device its device
 * @param mapping of its buffer
 * @param own the event that it signals where it wants to be last
 * @param protocol of whoever maps its buffer; its memory services are not those of handlers
 */
record HandlerOfDriver(DriverKind kind, int device, int mapping, int own, IoMmuProtocol protocol)
        implements
            Notification {
    @Override
    public void notify(Cpu cpu, EventServices services, int event) {
        switch (kind) {
            case HALTS -> cpu.ask(new HaltDevice(device));
            case LAZY, OPTION_ROM -> {}
            case UNMAPS_EARLY -> {
                unmap(cpu, services);
                cpu.ask(new HaltDevice(device));
            }
            case HALTS_AND_UNMAPS -> {
                cpu.ask(new HaltDevice(device));
                unmap(cpu, services);
            }
            case SECOND_EVENT -> {
                if (event == own) {
                    cpu.ask(new HaltDevice(device));
                } else {
                    services.signal(cpu, own);
                }
            }
            case TRACES -> {
                cpu.ask(new HaltDevice(device));
                Allocated trace = new MemoryServices(services)
                        .allocate(cpu, AllocatePages.any(EfiMemoryType.RUNTIME_SERVICES_DATA, 1));
                if (!trace.status().isError()) {
                    cpu.ask(new Store(trace.address(), Value.DATA));
                }
            }
        }
    }

    private void unmap(Cpu cpu, EventServices services) {
        protocol.in(new MemoryServices(services)).unmap(cpu, mapping);
    }
}
