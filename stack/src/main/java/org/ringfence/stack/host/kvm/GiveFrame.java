package org.ringfence.stack.host.kvm;

import java.util.List;
import org.ringfence.machine.memory.Level;
import org.ringfence.machine.operation.Action;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Frame;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Part;
import org.ringfence.machine.operation.Step;

/** Gives {@code frame}, or the 2M that begins with it, back to the {@link FramePool}. */
public record GiveFrame(Frame frame, Level size) implements Action {
    @Override
    public List<Part> needs() {
        return List.of(FramePool.PART);
    }

    @Override
    public Step on(Machine machine, Actor actor) {
        FramePool pool = machine.part(FramePool.class);
        int index = frame.index();
        return state -> {
            pool.give(state, index, size);
            return Done.DONE.ordinal();
        };
    }

    @Override
    public String mnemonic() {
        return "give frame";
    }
}
