package org.ringfence.machine.vocabulary;

import java.util.List;
import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Routine;

/**
 * Software that takes given steps one after the other.
 *
 * @param next the one it stands before, from 0
 */
public record Script(List<Turn> turns, int next) implements Routine<Done> {
    public Script {
        turns = List.copyOf(turns);
    }

    /** All of them, from the first. */
    public Script(List<Turn> turns) {
        this(turns, 0);
    }

    @Override
    public Done run(Cpu cpu) {
        if (next == turns.size()) {
            return Done.DONE;
        }
        return switch (turns.get(next).take(cpu)) {
            case GO_ON -> cpu.become(new Script(turns, next + 1));
            case AGAIN -> cpu.again(this);
            case END -> Done.DONE;
        };
    }
}
