package org.ringfence.bench.peers.accept;

import org.ringfence.machine.operation.Invariant;
import org.ringfence.machine.operation.Property;
import org.ringfence.machine.state.State;

/** No frame backs two pages. */
public record NoAlias(AcceptPages memory) implements Invariant {
    /** Bits of frames; a page without one shifts its bit to the top. */
    private static final long ALL_FRAMES = Long.MAX_VALUE;

    @Override
    public Property property() {
        return Property.INJECTIVITY;
    }

    @Override
    public long judge(State state) {
        long used = 0;
        long twice = 0;
        for (int page = 0; page < memory.pages(); page++) {
            long frame = 1L << memory.frame().get(state, page) & ALL_FRAMES;
            twice |= used & frame;
            used |= frame;
        }
        return twice != 0 ? Property.INJECTIVITY.broken() : used != 0 ? Property.INJECTIVITY.exercised() : 0;
    }
}
