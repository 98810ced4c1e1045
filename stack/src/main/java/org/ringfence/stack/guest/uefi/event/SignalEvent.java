package org.ringfence.stack.guest.uefi.event;

import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Routine;
import org.ringfence.stack.guest.uefi.EfiStatus;
import org.ringfence.stack.guest.uefi.event.EventOperation.Signal;
import org.ringfence.stack.guest.uefi.event.EventOperation.Signalled;

/**
 * SignalEvent: queues the event's function, or those of its whole group, and runs what is then queued above the
 * caller's level. Source: edk2, MdeModulePkg/Core/Dxe/Event/Event.c (CoreSignalEvent).
 */
public record SignalEvent(EventServices services, int event) implements Routine<EfiStatus> {
    @Override
    public EfiStatus run(Cpu cpu) {
        Signalled signalled = cpu.ask(new Signal(event));
        if (signalled.group() != EventGroup.NONE) {
            services.signalGroup(cpu, signalled.group());
        } else if (!signalled.status().isError()) {
            services.restore(cpu, signalled.level());
        }
        return signalled.status();
    }
}
