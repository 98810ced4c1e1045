package org.ringfence.bench.peers.accept;

import org.ringfence.machine.operation.Invariant;
import org.ringfence.machine.operation.Property;
import org.ringfence.machine.state.State;

/** No frame backs two pages. */
public record NoAlias(AcceptMemory memory) implements Invariant {
    @Override
    public Property property() {
        return Property.INJECTIVITY;
    }

    @Override
    public long judge(State state) {
        long used = 0;
        long twice = 0;
        for (int page = 0; page < memory.pages(); page++) {
            int frame = memory.frame().get(state, page);
            if (frame >= 0) {
                twice |= used & 1L << frame;
                used |= 1L << frame;
            }
        }
        return twice != 0 ? Property.INJECTIVITY.broken() : used != 0 ? Property.INJECTIVITY.exercised() : 0;
    }
}
