package org.ringfence.machine.tdx.law;

import java.util.List;
import org.ringfence.machine.operation.Invariant;
import org.ringfence.machine.operation.Property;
import org.ringfence.machine.state.FrameRef;
import org.ringfence.machine.state.State;
import org.ringfence.machine.tdx.sept.Sept;
import org.ringfence.machine.tdx.sept.SeptState;
import org.ringfence.machine.tdx.sept.SeptTable;
import org.ringfence.machine.tdx.td.Tdx;

/**
 * No frame is in two places of the Secure EPTs, whatever the states of the entries: a blocked page's translations may
 * live on, as {@link TranslationsAgree} judges. Put to the test wherever a page is mapped.
 *
 * @param tds all that the machine has: a frame of one is none of another's
 */
public record TdxInjectivity(List<Tdx> tds) implements Invariant {
    public TdxInjectivity {
        tds = List.copyOf(tds);
    }

    @Override
    public Property property() {
        return Property.INJECTIVITY;
    }

    @Override
    public long judge(State state) {
        long marks = 0;
        long used = 0;
        for (int td = 0; td < tds.size(); td++) {
            Sept sept = tds.get(td).sept();
            for (int level = 0; level < sept.options().kept(); level++) {
                SeptTable table = sept.table(level);
                for (int index = 0; index < table.count(); index++) {
                    long mine = frames(state, table, index);
                    if (mine != 0) {
                        marks |= (used & mine) != 0
                                ? Property.INJECTIVITY.broken()
                                : table.state().is(state, index, SeptState.MAPPED) ? Property.INJECTIVITY.exercised()
                                        : 0;
                        used |= mine;
                    }
                }
            }
        }
        return marks;
    }

    /** The frames that an entry has, one bit each. */
    private static long frames(State state, SeptTable table, int index) {
        int frame = table.frame().get(state, index);
        if (frame == FrameRef.NONE) {
            return 0;
        }
        int span = table.state().get(state, index).isLeaf() ? table.span() : 1;
        return (span >= Long.SIZE ? -1L : (1L << span) - 1) << frame;
    }
}
