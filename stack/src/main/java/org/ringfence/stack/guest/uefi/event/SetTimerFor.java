package org.ringfence.stack.guest.uefi.event;

import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Routine;
import org.ringfence.stack.guest.uefi.EfiStatus;
import org.ringfence.stack.guest.uefi.event.EventOperation.CurrentTpl;
import org.ringfence.stack.guest.uefi.event.EventOperation.Delay;
import org.ringfence.stack.guest.uefi.event.EventOperation.SetTimer;

/**
 * SetTimer: a time of 0 has expired at once. Source: edk2, MdeModulePkg/Core/Dxe/Event/Timer.c (CoreSetTimer).
 *
 * @param time in units of 100 ns
 */
public record SetTimerFor(EventServices services, int event, Delay delay, int time) implements Routine<EfiStatus> {
    @Override
    public EfiStatus run(Cpu cpu) {
        EfiStatus status = cpu.ask(new SetTimer(event, delay, time));
        if (!status.isError() && delay == Delay.RELATIVE && time == 0) {
            cpu.call(new CheckTimers(services, cpu.ask(new CurrentTpl())));
        }
        return status;
    }
}
