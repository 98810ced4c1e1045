package org.ringfence.stack.guest.uefi.event;

import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Routine;
import org.ringfence.stack.guest.uefi.event.EventOperation.RaiseTpl;
import org.ringfence.stack.guest.uefi.event.EventOperation.TakeExpired;

/**
 * What runs at the timer's level once a timer may have expired: signals each that has, and then returns to
 * {@code level}, where what is queued above it runs. Source: edk2, MdeModulePkg/Core/Dxe/Event/Timer.c
 * (CoreCheckTimers).
 */
public record CheckTimers(EventServices services, int level) implements Routine<Done> {
    @Override
    public Done run(Cpu cpu) {
        cpu.ask(new RaiseTpl(Tpl.TIMER));
        int expired = cpu.ask(new TakeExpired());
        if (expired != Events.NULL) {
            services.signal(cpu, expired);
            return cpu.again(this);
        }
        services.restore(cpu, level);
        return Done.DONE;
    }
}
