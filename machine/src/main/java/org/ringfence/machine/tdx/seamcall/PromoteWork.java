package org.ringfence.machine.tdx.seamcall;

import org.ringfence.machine.state.State;
import org.ringfence.machine.tdx.abi.Outputs;
import org.ringfence.machine.tdx.sept.Sept;
import org.ringfence.machine.tdx.sept.SeptState;
import org.ringfence.machine.tdx.sept.SeptTable;
import org.ringfence.machine.tdx.td.Refusal;
import org.ringfence.machine.tdx.td.Tdx;
import org.ringfence.machine.tdx.td.Tracking;

/**
 * What {@link TdhMemPagePromote} does: pages side by side become one of the level above. Their L2 aliases must permit the same; then the page has
 * them.
 */
public record PromoteWork(Tdx tdx, Tracking tracking, boolean checksAlike) implements EntryWork {
    @Override
    public Refusal check(State state, int page, int level) {
        Refusal refused = tracking.check(state, page, level);
        if (refused != Refusal.TDX_SUCCESS) {
            return refused;
        }
        Sept sept = tdx.sept();
        SeptTable below = sept.table(level - 1);
        int first = sept.firstChild(page, level);
        int end = sept.endOfChildren(page, level);
        for (int child = first; child < end; child++) {
            if (below.lock().get(state, child) != 0) {
                return Refusal.TDX_OPERAND_BUSY_RCX;
            }
            if (!checksAlike && child > first) {
                continue;
            }
            if (!fits(state, below, first, child, sept.table(level).span())) {
                return Refusal.TDX_EPT_INVALID_PROMOTE_CONDITIONS_RCX;
            }
        }
        return Refusal.TDX_SUCCESS;
    }

    private static boolean fits(State state, SeptTable below, int first, int child, int span) {
        SeptState found = below.state().get(state, child);
        int head = below.frame().get(state, first);
        return (found == SeptState.MAPPED || found == SeptState.PENDING)
                && head % span == 0
                && below.state().is(state, first, found)
                && below.frame().get(state, child) == head + (child - first) * below.span()
                && below.aliases().get(state, child) == below.aliases().get(state, first);
    }

    @Override
    public void commit(State state, int page, int level, int frame, Outputs outputs) {
        Sept sept = tdx.sept();
        SeptTable table = sept.table(level);
        int index = sept.index(page, level);
        SeptTable below = sept.table(level - 1);
        int first = sept.firstChild(page, level);
        SeptState leaf = below.state().get(state, first);
        int head = below.frame().get(state, first);
        int aliases = below.aliases().get(state, first);
        outputs.rcx(tdx.hpa(table.frame().get(state, index)));
        tdx.giveBack(state, table.frame().get(state, index), 0);
        TablePages.takeBack(tdx, state, table.l2Tables(), index, outputs);
        for (int child = first; child < sept.endOfChildren(page, level); child++) {
            below.free(state, child);
        }
        tdx.root().join(state, head, level);
        table.free(state, index);
        table.map(state, index, leaf, head);
        table.aliases().set(state, index, aliases);
    }
}
