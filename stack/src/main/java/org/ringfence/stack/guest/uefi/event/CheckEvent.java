package org.ringfence.stack.guest.uefi.event;

import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Routine;
import org.ringfence.stack.guest.uefi.EfiStatus;
import org.ringfence.stack.guest.uefi.event.EventOperation.Check;
import org.ringfence.stack.guest.uefi.event.EventOperation.CurrentTpl;

/**
 * CheckEvent: of an event that is not signalled and has a function to be notified while it is waited for, that function
 * runs, and may signal it. Source: edk2, MdeModulePkg/Core/Dxe/Event/Event.c (CoreCheckEvent).
 */
public record CheckEvent(EventServices services, int event) implements Routine<EfiStatus> {
    @Override
    public EfiStatus run(Cpu cpu) {
        EfiStatus status = cpu.ask(new Check(event, true));
        if (status != EfiStatus.EFI_NOT_READY) {
            return status;
        }
        services.restore(cpu, cpu.ask(new CurrentTpl()));
        return cpu.ask(new Check(event, false));
    }
}
