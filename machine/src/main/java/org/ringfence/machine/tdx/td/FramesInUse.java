package org.ringfence.machine.tdx.td;

import java.util.List;
import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.state.Declaration;
import org.ringfence.machine.state.Flag;
import org.ringfence.machine.state.State;
import org.ringfence.machine.tdx.sept.Sept;

/**
 * Which frames the module has in use, on a machine whose trust domains are there from the start: no frame is in two
 * places. On a small machine this follows from their Secure EPTs and costs no bit.
 *
 * @param used whether each frame is in use, where it is kept
 * @param trees of all trust domains
 */
public record FramesInUse(Geometry geometry, boolean kept, Flag used, List<Sept> trees) {
    private static final int MOST_SCANNED = 64;

    public FramesInUse {
        trees = List.copyOf(trees);
    }

    /** For trust domains with these trees; none where the module keeps all that. */
    static FramesInUse declare(Declaration declaration, Geometry geometry, List<Sept> trees) {
        boolean kept = !trees.isEmpty() && geometry.frames() > MOST_SCANNED;
        return new FramesInUse(
                geometry,
                kept,
                kept
                        ? declaration.perFrame("PAMT").flag("in use")
                        : declaration.table("PAMT", "frame", 0).flag("in use"),
                trees);
    }

    /** Frames in use, one bit each; for at most 64 frames. */
    long used(State state) {
        long all = 0;
        for (int i = 0; i < trees.size(); i++) {
            all |= trees.get(i).usedFrames(state);
        }
        return all;
    }

    /** Whether every frame from {@code frame} on is free. */
    boolean isFree(State state, int frame, int span) {
        if (frame + span > geometry.frames()) {
            return false;
        }
        if (!kept) {
            long wanted = (span >= Long.SIZE ? -1L : (1L << span) - 1) << frame;
            return (used(state) & wanted) == 0;
        }
        for (int i = 0; i < span; i++) {
            if (used.get(state, frame + i)) {
                return false;
            }
        }
        return true;
    }

    /** The module takes frames into use, or gives them back. */
    void set(State state, int frame, int span, boolean to) {
        if (kept) {
            for (int i = 0; i < span; i++) {
                used.set(state, frame + i, to);
            }
        }
    }
}
