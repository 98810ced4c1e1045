package org.ringfence.machine.tdx.law;

import org.ringfence.machine.operation.Invariant;
import org.ringfence.machine.operation.Property;
import org.ringfence.machine.state.FrameRef;
import org.ringfence.machine.state.State;
import org.ringfence.machine.tdx.module.PageType;
import org.ringfence.machine.tdx.sept.Sept;
import org.ringfence.machine.tdx.sept.SeptState;
import org.ringfence.machine.tdx.sept.SeptTable;
import org.ringfence.machine.tdx.td.Tdx;

/**
 * The Secure EPT is a tree: what is no FREE entry lies below a table. And where the module keeps the PAMT they agree:
 * the frame of a page is PT_REG, that of a table PT_EPT, each is the TD's and in one entry, and the TD has no others of
 * these types. So it is from the first page on until the TD's key is gone; for at most 64 frames.
 */
public record SeptAgreesWithPamt(Tdx tdx) implements Invariant {
    @Override
    public Property property() {
        return Property.ACCOUNTING;
    }

    @Override
    public long judge(State state) {
        if (!tdx.root().hasTree(state)) {
            return 0;
        }
        Sept sept = tdx.sept();
        boolean kept = tdx.root().hasLife();
        long pages = 0;
        long tables = 0;
        for (int level = 0; level < sept.options().kept(); level++) {
            SeptTable table = sept.table(level);
            for (int index = 0; index < table.count(); index++) {
                SeptState found = table.state().get(state, index);
                if (found == SeptState.FREE) {
                    continue;
                }
                long mine = mask(table, found, table.frame().get(state, index));
                long aside = l2Tables(state, table, index);
                if (!isBelowTable(state, table, level, index) || kept && ((pages | tables) & (mine | aside)) != 0) {
                    return Property.ACCOUNTING.broken();
                }
                pages |= found.isTable() ? 0 : mine;
                tables |= aside | (found.isTable() ? mine : 0);
            }
        }
        boolean good = !kept
                || tdx.root().own(state, PageType.PT_REG) == pages && tdx.root().own(state, PageType.PT_EPT) == tables;
        return good ? Property.ACCOUNTING.exercised() : Property.ACCOUNTING.broken();
    }

    private static long mask(SeptTable table, SeptState found, int frame) {
        if (frame == FrameRef.NONE) {
            return 0;
        }
        int span = found.isLeaf() ? table.span() : 1;
        return (span >= Long.SIZE ? -1L : (1L << span) - 1) << frame;
    }

    private static long l2Tables(State state, SeptTable table, int index) {
        long frames = 0;
        for (int vm = 1; vm <= table.l2Tables().vms(); vm++) {
            int frame = table.l2Tables().frame(state, index, vm);
            frames |= frame == FrameRef.NONE ? 0 : 1L << frame;
        }
        return frames;
    }

    private boolean isBelowTable(State state, SeptTable table, int level, int index) {
        Sept sept = tdx.sept();
        return !sept.keeps(level + 1) || sept.state(state, index * table.span(), level + 1).isTable();
    }

    @Override
    public String hurt(State state) {
        return "an entry below no table, or a frame of which Secure EPT and PAMT do not tell the same";
    }
}
