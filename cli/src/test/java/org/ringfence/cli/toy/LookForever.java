package org.ringfence.cli.toy;

import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Routine;

/** A bare loop, which the checker refuses. */
public record LookForever() implements Routine<Done> {
    @Override
    public Done run(Cpu cpu) {
        while (true) {
            cpu.ask(new DrawerOperation.Look(0));
        }
    }
}
