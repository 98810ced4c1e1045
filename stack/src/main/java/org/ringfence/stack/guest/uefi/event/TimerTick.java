package org.ringfence.stack.guest.uefi.event;

import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Routine;
import org.ringfence.stack.guest.uefi.event.EventOperation.CurrentTpl;
import org.ringfence.stack.guest.uefi.event.EventOperation.Tick;

/**
 * The timer interrupt. At {@link Tpl#TIMER} and above nothing is signalled: it is when the level falls, at the next
 * tick. Source: edk2, MdeModulePkg/Core/Dxe/Event/Timer.c (CoreTimerTick).
 *
 * @param time since the last one, in units of 100 ns
 */
public record TimerTick(EventServices services, int time) implements Routine<Done> {
    @Override
    public Done run(Cpu cpu) {
        cpu.ask(new Tick(time));
        int level = cpu.ask(new CurrentTpl());
        return level < Tpl.TIMER ? cpu.call(new CheckTimers(services, level)) : Done.DONE;
    }
}
