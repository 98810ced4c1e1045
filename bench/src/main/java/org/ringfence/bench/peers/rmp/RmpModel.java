package org.ringfence.bench.peers.rmp;

import java.util.List;
import org.ringfence.checker.explore.FrameSymmetry;
import org.ringfence.checker.explore.Model;
import org.ringfence.machine.state.Layout;

/** Assembles the model for the checker. */
public final class RmpModel {
    private RmpModel() {}

    /** The model with frames told apart or, with {@code symmetric}, not. */
    public static Model of(int frames, int pages, boolean symmetric) {
        Layout.Placed<RmpMemory> placed = Layout.of(
                Layout.Storage.PACKED, frames, 1, declaration -> RmpMemory.declare(declaration, pages));
        return new Model(
                placed.layout(),
                placed.layout().newState(),
                List.of(),
                RmpFamily.all(placed.machine()),
                List.of(),
                List.of(),
                symmetric ? FrameSymmetry.of(placed.layout(), List.of()) : null);
    }
}
