package org.ringfence.stack.guest.uefi.event;

import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Routine;
import org.ringfence.stack.guest.uefi.event.EventOperation.CountQueued;
import org.ringfence.stack.guest.uefi.event.EventOperation.Dispatch;
import org.ringfence.stack.guest.uefi.event.EventOperation.Dispatched;

/**
 * RestoreTPL: runs what is queued above the new level, the highest level first, until nothing is left; then the level
 * falls. Source: edk2, MdeModulePkg/Core/Dxe/Event/Tpl.c (CoreRestoreTpl), Event.c (CoreDispatchEventNotifies).
 */
public record RestoreTpl(EventServices services, int level) implements Routine<Done> {
    @Override
    public Done run(Cpu cpu) {
        int choices = services.order() == Order.ANY_DISPATCH ? cpu.ask(new CountQueued(level)) : 1;
        Dispatched next = cpu.ask(new Dispatch(level, choices > 1 ? cpu.choose(choices) : 0));
        if (next.event() == Events.NULL) {
            return Done.DONE;
        }
        cpu.call(new Notify(services, next.event(), next.function()));
        return cpu.again(this);
    }

    /** Runs one notification function. */
    record Notify(EventServices services, int event, int function) implements Routine<Done> {
        @Override
        public Done run(Cpu cpu) {
            services.functions().get(function - 1).notify(cpu, services, event);
            return Done.DONE;
        }
    }
}
