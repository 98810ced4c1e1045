package org.ringfence.stack.host.kvm;

import org.ringfence.machine.memory.Memory;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Frame;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Outcome;
import org.ringfence.machine.operation.Results;
import org.ringfence.machine.operation.Step;

/**
 * Any of the machine's {@code frames} frames, in use or not: every one is explored, so that none is treated unlike
 * another.
 */
public record AnyFrame(int frames) implements Operation<Frame> {
    @Override
    public Results<Frame> results() {
        return new Results.Frames(frames);
    }

    @Override
    public Step on(Machine machine, Actor actor) {
        machine.part(Memory.class).geometry().requireFrames(frames);
        long outcome = Outcome.choice(frames);
        return state -> outcome;
    }

    @Override
    public String mnemonic() {
        return "choose frame";
    }
}
