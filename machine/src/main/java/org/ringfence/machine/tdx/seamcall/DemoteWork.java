package org.ringfence.machine.tdx.seamcall;

import org.ringfence.machine.state.State;
import org.ringfence.machine.tdx.abi.Outputs;
import org.ringfence.machine.tdx.module.PageType;
import org.ringfence.machine.tdx.sept.Sept;
import org.ringfence.machine.tdx.sept.SeptState;
import org.ringfence.machine.tdx.sept.SeptTable;
import org.ringfence.machine.tdx.td.Refusal;
import org.ringfence.machine.tdx.td.Tdx;
import org.ringfence.machine.tdx.td.Tracking;

/** What {@link TdhMemPageDemote} does: a page becomes a table of pages of the level below, in the same frames, with the same L2 aliases. */
public record DemoteWork(Tdx tdx, Tracking tracking, boolean checksFrame) implements EntryWork {
    @Override
    public int frames(int level) {
        return 1;
    }

    @Override
    public Refusal check(State state, int page, int level) {
        return tracking.check(state, page, level);
    }

    @Override
    public void commit(State state, int page, int level, int frame, Outputs outputs) {
        Sept sept = tdx.sept();
        SeptTable table = sept.table(level);
        int index = sept.index(page, level);
        SeptState leaf = table.state().get(state, index).unblocked();
        int from = table.frame().get(state, index);
        int aliases = table.aliases().get(state, index);
        SeptTable below = sept.table(level - 1);
        int first = sept.firstChild(page, level);
        for (int child = first; child < sept.endOfChildren(page, level); child++) {
            below.map(state, child, leaf, from + (child - first) * below.span());
            below.aliases().set(state, child, aliases);
        }
        table.free(state, index);
        table.map(state, index, SeptState.NL_MAPPED, frame);
        tdx.root().split(state, from, level);
        tdx.root().take(state, frame, 0, PageType.PT_EPT);
    }

    /** The table of L2 VM {@code vm} beside L1's new one. */
    void addL2(State state, int page, int level, int vm, int frame) {
        Sept sept = tdx.sept();
        sept.table(level).l2Tables().set(state, sept.index(page, level), vm, frame);
        tdx.root().take(state, frame, 0, PageType.PT_EPT);
    }
}
