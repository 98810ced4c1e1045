package org.ringfence.stack.host.kvm;

import java.util.List;
import org.ringfence.machine.memory.Level;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Frame;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Part;
import org.ringfence.machine.operation.Results;
import org.ringfence.machine.operation.Step;

/**
 * Takes {@code frame}, or the 2M that begins with it, from the {@link FramePool} if it is free; answers whether it was.
 */
public record TakeFrame(Frame frame, Level size) implements Operation<Boolean> {
    @Override
    public List<Part> needs() {
        return List.of(FramePool.PART);
    }

    @Override
    public Results<Boolean> results() {
        return new Results.Truth();
    }

    @Override
    public Step on(Machine machine, Actor actor) {
        FramePool pool = machine.part(FramePool.class);
        int index = frame.index();
        return state -> pool.take(state, index, size) ? 1 : 0;
    }

    @Override
    public String mnemonic() {
        return "take frame";
    }
}
