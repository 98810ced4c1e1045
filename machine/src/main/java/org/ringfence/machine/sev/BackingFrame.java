package org.ringfence.machine.sev;

import org.ringfence.machine.memory.GuestPages;
import org.ringfence.machine.memory.Level;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Frame;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Outcome;
import org.ringfence.machine.operation.Results;
import org.ringfence.machine.operation.Step;
import org.ringfence.machine.state.FrameRef;

/**
 * The host looks up the frame that the guest's page at {@code gpa}, in bytes, is mapped to. Waits while it is not
 * mapped.
 *
 * @param size 2M for the first frame of the 2M that this frame lies in
 * @param frames how many frames the machine has
 */
public record BackingFrame(long gpa, Level size, int frames) implements Operation<Frame> {
    @Override
    public Results<Frame> results() {
        return new Results.Frames(frames);
    }

    @Override
    public Step on(Machine machine, Actor actor) {
        NestedGuest guest = machine.part(NestedGuest.class);
        guest.geometry().requireFrames(frames);
        int page = GuestPages.page(guest.geometry(), gpa);
        return state -> {
            int frame = guest.npt().lookup(state, page);
            if (frame == FrameRef.NONE) {
                return Outcome.WAITS;
            }
            return size == Level.SIZE_2M ? guest.geometry().head(frame) : frame;
        };
    }

    @Override
    public String mnemonic() {
        return "backing frame";
    }
}
