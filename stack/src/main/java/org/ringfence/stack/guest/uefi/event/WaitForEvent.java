package org.ringfence.stack.guest.uefi.event;

import java.util.List;
import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Routine;
import org.ringfence.stack.guest.uefi.EfiStatus;
import org.ringfence.stack.guest.uefi.event.EventOperation.CurrentTpl;

/**
 * WaitForEvent: looks at one event after another until one is signalled. Source: edk2,
 * MdeModulePkg/Core/Dxe/Event/Event.c (CoreWaitForEvent).
 */
public record WaitForEvent(EventServices services, List<Integer> events) implements Routine<EfiStatus> {
    public WaitForEvent {
        events = List.copyOf(events);
    }

    @Override
    public EfiStatus run(Cpu cpu) {
        if (cpu.ask(new CurrentTpl()) != Tpl.APPLICATION) {
            return EfiStatus.EFI_UNSUPPORTED;
        }
        if (events.isEmpty()) {
            return EfiStatus.EFI_INVALID_PARAMETER;
        }
        for (int event : events) {
            EfiStatus status = cpu.call(new CheckEvent(services, event));
            if (status != EfiStatus.EFI_NOT_READY) {
                return status;
            }
        }
        return cpu.again(this);
    }
}
