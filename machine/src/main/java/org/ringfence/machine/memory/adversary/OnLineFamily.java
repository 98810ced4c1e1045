package org.ringfence.machine.memory.adversary;

import java.util.List;
import java.util.stream.IntStream;
import org.ringfence.machine.memory.Accessed;
import org.ringfence.machine.memory.HostMemory;
import org.ringfence.machine.memory.LineInstruction;
import org.ringfence.machine.memory.MachineChecks;
import org.ringfence.machine.memory.Memory;
import org.ringfence.machine.memory.OnLine;
import org.ringfence.machine.memory.PoisonOnLine;
import org.ringfence.machine.memory.Value;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Family;
import org.ringfence.machine.operation.Frame;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.operation.Successors;
import org.ringfence.machine.state.State;

/**
 * {@link OnLine} with one instruction, any line and any shared KeyID, and {@link PoisonOnLine} where that meets poison.
 * Arguments, from the lowest digit: whether poison is met, frame, line, KeyID, package. What faults is left out.
 */
public record OnLineFamily(
        LineInstruction instruction,
        Principal principal,
        Memory memory,
        HostMemory rule,
        MachineChecks checks,
        Actor actor)
        implements
            Family {

    static OnLineFamily of(LineInstruction instruction, Principal principal, Machine machine) {
        return new OnLineFamily(
                instruction,
                principal,
                machine.part(Memory.class),
                HostMemory.of(machine),
                MachineChecks.of(machine),
                new Actor(-1, principal, principal.toString()));
    }

    @Override
    public void each(State state, Successors successors) {
        int frames = memory.geometry().frames();
        int lines = memory.options().linesPerFrame();
        int keyIds = memory.options().keyIds().shared() + 1;
        int arguments = 0;
        for (int number = 0; number < packages(); number++) {
            for (int keyId = 0; keyId < keyIds; keyId++) {
                for (int line = 0; line < lines; line++) {
                    for (int frame = 0; frame < frames; frame++, arguments += 2) {
                        if (rule.permits(state, frame, instruction.writes())) {
                            int found = instruction.perform(memory, state, number, frame, line, keyId, Value.HOST);
                            boolean poison =
                                    OnLine.settle(found, checks, state, actor) == Accessed.MACHINE_CHECK;
                            successors.take(poison ? arguments + 1 : arguments);
                        }
                    }
                }
            }
        }
    }

    /** In which packages it makes a difference to do it. */
    private int packages() {
        boolean fills = instruction == LineInstruction.STORE || instruction == LineInstruction.LOAD;
        return fills ? Math.max(1, memory.options().caches().packages()) : 1;
    }

    @Override
    public List<Integer> arguments() {
        int all = 2 * memory.geometry().frames() * memory.options().linesPerFrame()
                * (memory.options().keyIds().shared() + 1) * packages();
        return IntStream.range(0, all).boxed().toList();
    }

    @Override
    public Operation<?> operation(int arguments) {
        int rest = arguments / 2;
        int frames = memory.geometry().frames();
        int frame = rest % frames;
        rest /= frames;
        int line = rest % memory.options().linesPerFrame();
        rest /= memory.options().linesPerFrame();
        int keyIds = memory.options().keyIds().shared() + 1;
        OnLine access = new OnLine(instruction, new Frame(frame), line, rest % keyIds, Value.HOST, rest / keyIds);
        return arguments % 2 == 0 ? access : new PoisonOnLine(access);
    }
}
