package org.ringfence.machine.tdx;

import org.ringfence.machine.operation.Invariant;
import org.ringfence.machine.operation.Property;
import org.ringfence.machine.state.FrameRef;
import org.ringfence.machine.state.State;
import org.ringfence.machine.tdx.sept.Sept;
import org.ringfence.machine.tdx.sept.SeptState;
import org.ringfence.machine.tdx.sept.SeptTable;

/**
 * No frame is in two places of the Secure EPT, whatever the states of the entries: a blocked page's translations may live on. Where logical CPUs keep
 * translations, none leads elsewhere than the Secure EPT does by now, unless the page is not mapped at all and its frame serves nothing else. Put to
 * the test wherever a page is mapped.
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
        return tdx.translations().tlbs().present() ? marks | stale(state) : marks;
    }

    private long stale(State state) {
        for (int cpu = 0; cpu < tdx.translations().tlbs().cpus(); cpu++) {
            if (tdx.vcpus().isWithHost(state, cpu)) {
                continue; // nobody uses what it keeps before TDH.VP.ENTER, which flushes
            }
            for (int vm = 0; vm <= tdx.translations().vms(); vm++) {
                for (int page = 0; page < tdx.geometry().pages(); page++) {
                    int kept = tdx.translations().tlbs().frame(state, cpu, vm, page);
                    if (kept != FrameRef.NONE && leadsAstray(state, page, kept)) {
                        return Property.INJECTIVITY.broken();
                    }
                }
            }
        }
        return 0;
    }

    private boolean leadsAstray(State state, int page, int kept) {
        Sept sept = tdx.sept();
        for (int other = 0; other < tdx.geometry().pages(); other++) {
            int level = sept.reached(state, other, 0);
            if (sept.state(state, other, level) == SeptState.MAPPED) {
                int frame = sept.frame(state, other, level);
                if (other == page ? frame != kept : frame == kept) {
                    return true;
                }
            }
        }
        return false;
    }
}
