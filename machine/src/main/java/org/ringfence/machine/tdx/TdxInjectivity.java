package org.ringfence.machine.tdx;

import org.ringfence.machine.operation.Invariant;
import org.ringfence.machine.operation.Property;
import org.ringfence.machine.state.FrameRef;
import org.ringfence.machine.state.State;
import org.ringfence.machine.tdx.sept.Sept;
import org.ringfence.machine.tdx.sept.SeptState;
import org.ringfence.machine.tdx.sept.SeptTable;

/**
 * No frame is in two places of the Secure EPT, whatever the states of the entries: a blocked page's translations may live on, as {@link TranslationsAgree}
 * judges. Put to the test wherever a page is mapped.
 */
public record TdxInjectivity(Tdx tdx) implements Invariant {
    @Override
    public Property property() {
        return Property.INJECTIVITY;
    }

    @Override
    public long judge(State state) {
        Sept sept = tdx.sept();
        long marks = 0;
        long used = 0;
        for (int level = 0; level < sept.options().kept(); level++) {
            SeptTable table = sept.table(level);
            for (int index = 0; index < table.count(); index++) {
                int frame = table.frame().get(state, index);
                if (frame != FrameRef.NONE) {
                    SeptState found = table.state().get(state, index);
                    int span = found.isLeaf() ? table.span() : 1;
                    long mine = (span >= Long.SIZE ? -1L : (1L << span) - 1) << frame;
                    marks |= (used & mine) != 0
                            ? Property.INJECTIVITY.broken()
                            : found == SeptState.MAPPED ? Property.INJECTIVITY.exercised() : 0;
                    used |= mine;
                }
            }
        }
        return marks;
    }
}
