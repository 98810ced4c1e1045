package org.ringfence.machine.tdx;

import org.ringfence.machine.operation.Invariant;
import org.ringfence.machine.operation.Property;
import org.ringfence.machine.state.FrameRef;
import org.ringfence.machine.state.State;

/**
 * No frame is in two places of the Secure EPT, whatever the states of the entries: a blocked page's translations may live on. Put to the test wherever
 * a page is mapped.
 */
public record TdxInjectivity(Tdx tdx) implements Invariant {
    @Override
    public Property property() {
        return Property.INJECTIVITY;
    }

    @Override
    public long judge(State state) {
        long marks = 0;
        long used = 0;
        for (int index = 0; index < tdx.small().count(); index++) {
            int frame = tdx.small().frame().get(state, index);
            if (frame != FrameRef.NONE) {
                marks |= judge(state, tdx.small(), index, used, 1L << frame);
                used |= 1L << frame;
            }
        }
        int span = tdx.geometry().smallPerLarge();
        long block = span == 64 ? -1L : (1L << span) - 1;
        for (int index = 0; index < tdx.large().count(); index++) {
            int frame = tdx.large().frame().get(state, index);
            if (frame != FrameRef.NONE) {
                marks |= judge(state, tdx.large(), index, used, block << frame);
                used |= block << frame;
            }
        }
        return marks;
    }

    private static long judge(State state, SeptTable table, int index, long used, long mine) {
        if ((used & mine) != 0) {
            return Property.INJECTIVITY.broken();
        }
        return table.state().is(state, index, SeptState.MAPPED) ? Property.INJECTIVITY.exercised() : 0;
    }
}
