package org.ringfence.stack.host.kvm;

import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.Level;
import org.ringfence.machine.memory.Memory;
import org.ringfence.machine.operation.Part;
import org.ringfence.machine.state.Declaration;
import org.ringfence.machine.state.Flag;
import org.ringfence.machine.state.State;

/**
 * Which host frames are in use: the host's page allocator. It knows nothing of what they hold, and clears none.
 *
 * @param used whether a frame is in use
 */
public record FramePool(Geometry geometry, Flag used) {
    /** Brings it. */
    public static final Part PART = Part.of(
            FramePool.class,
            (declaration, machine, cast) -> declare(declaration, machine.part(Memory.class).geometry()));

    /** Declares one entry a frame; all are free. */
    public static FramePool declare(Declaration declaration, Geometry geometry) {
        return new FramePool(geometry, declaration.perFrame("pool").flag("used"));
    }

    /**
     * Takes {@code frame}, or the 2M that begins with it, unless any of it is in use or it is not aligned; whether it
     * did.
     */
    public boolean take(State state, int frame, Level size) {
        if (size == Level.SIZE_2M && !geometry.isLargeAligned(frame)) {
            return false;
        }
        for (int i = 0; i < geometry.span(size); i++) {
            if (used.get(state, frame + i)) {
                return false;
            }
        }
        set(state, frame, size, true);
        return true;
    }

    /** Gives {@code frame}, or the 2M that begins with it, back. */
    public void give(State state, int frame, Level size) {
        set(state, frame, size, false);
    }

    private void set(State state, int frame, Level size, boolean value) {
        for (int i = 0; i < geometry.span(size); i++) {
            used.set(state, frame + i, value);
        }
    }
}
