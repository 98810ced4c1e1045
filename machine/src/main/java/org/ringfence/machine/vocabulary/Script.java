package org.ringfence.machine.vocabulary;

import java.util.List;
import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Routine;

/**
 * Software that performs given operations one after the other, whatever comes of them.
 *
 * @param next the one it stands before, from 0
 */
public record Script(List<Operation<?>> operations, int next) implements Routine<Done> {
    public Script {
        operations = List.copyOf(operations);
    }

    /** All of them, from the first. */
    public Script(List<Operation<?>> operations) {
        this(operations, 0);
    }

    @Override
    public Done run(Cpu cpu) {
        if (next == operations.size()) {
            return Done.DONE;
        }
        cpu.ask(new Lawful<>(operations.get(next)));
        return cpu.become(new Script(operations, next + 1));
    }
}
