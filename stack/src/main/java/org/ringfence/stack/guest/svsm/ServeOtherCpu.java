package org.ringfence.stack.guest.svsm;

import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Routine;

/**
 * Another CPU of the monitor that {@link GuardOwnPage} is the first of; it answers the calls that are made on it.
 *
 * @param monitor the options of the first
 */
public record ServeOtherCpu(GuardOwnPage monitor) implements Routine<Done> {
    @Override
    public Done run(Cpu cpu) {
        return cpu.become(new ServeCalls(monitor.protocol()));
    }
}
