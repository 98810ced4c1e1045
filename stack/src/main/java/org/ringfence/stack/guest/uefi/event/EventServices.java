package org.ringfence.stack.guest.uefi.event;

import java.util.List;
import org.ringfence.machine.operation.Cpu;
import org.ringfence.stack.guest.uefi.EfiStatus;
import org.ringfence.stack.guest.uefi.event.EventOperation.CreateEvent;
import org.ringfence.stack.guest.uefi.event.EventOperation.Created;
import org.ringfence.stack.guest.uefi.event.EventOperation.RaiseTpl;

/**
 * The event services of a DXE core.
 *
 * @param order in which order functions run
 * @param functions the notification functions that there are; their numbers are from 1
 */
public record EventServices(Order order, List<Notification> functions) {
    public EventServices {
        functions = List.copyOf(functions);
        if (functions.size() > Events.FUNCTIONS) {
            throw new IllegalArgumentException(
                    "%d notification functions are more than %d".formatted(functions.size(), Events.FUNCTIONS));
        }
    }

    /** CreateEvent, for an event in no group. */
    public Created createEvent(Cpu cpu, EventType type, int level, int function) {
        return createEvent(cpu, type, level, function, EventGroup.NONE);
    }

    /** CreateEventEx. */
    public Created createEvent(Cpu cpu, EventType type, int level, int function, EventGroup group) {
        return cpu.ask(new CreateEvent(type.number(), level, function, group));
    }

    /** SignalEvent. */
    public EfiStatus signal(Cpu cpu, int event) {
        return cpu.call(new SignalEvent(this, event));
    }

    /**
     * What the DXE core does itself to notify a group; answers when every function above the caller's level has run.
     */
    public void signalGroup(Cpu cpu, EventGroup group) {
        cpu.call(new SignalGroup(this, group));
    }

    /** RaiseTPL; the level before. */
    public int raise(Cpu cpu, int level) {
        return cpu.ask(new RaiseTpl(level));
    }

    /** RestoreTPL. */
    public void restore(Cpu cpu, int level) {
        cpu.call(new RestoreTpl(this, level));
    }
}
