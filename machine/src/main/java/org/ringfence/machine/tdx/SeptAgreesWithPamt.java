package org.ringfence.machine.tdx;

import org.ringfence.machine.operation.Invariant;
import org.ringfence.machine.operation.Property;
import org.ringfence.machine.state.FrameRef;
import org.ringfence.machine.state.State;
import org.ringfence.machine.tdx.sept.Sept;
import org.ringfence.machine.tdx.sept.SeptState;
import org.ringfence.machine.tdx.sept.SeptTable;

/**
 * The Secure EPT is a tree: what is no FREE entry lies below a table. And where the PAMT is kept they agree: the frame of a page is PT_REG, that of a table PT_EPT, no other frame is
 * of these types, each is in one entry, and CHLDCNT is the number of frames in use. For a machine of one TD and at most 64 frames.
 */
public record SeptAgreesWithPamt(Tdx tdx) implements Invariant {
    @Override
    public Property property() {
        return Property.ACCOUNTING;
    }

    @Override
    public long judge(State state) {
        Sept sept = tdx.sept();
        boolean kept = tdx.frames().kept();
        long used = 0;
        for (int level = 0; level < sept.options().kept(); level++) {
            SeptTable table = sept.table(level);
            for (int index = 0; index < table.count(); index++) {
                SeptState found = table.state().get(state, index);
                if (found == SeptState.FREE) {
                    continue;
                }
                long mine = mask(table, found, table.frame().get(state, index));
                if (!isBelowTable(state, table, level, index)
                        || kept && ((used & mine) != 0 || !areOf(state, mine, found))) {
                    return Property.ACCOUNTING.broken();
                }
                used |= mine;
            }
        }
        return kept && !areAll(state, used) ? Property.ACCOUNTING.broken() : Property.ACCOUNTING.exercised();
    }

    private static long mask(SeptTable table, SeptState found, int frame) {
        if (frame == FrameRef.NONE) {
            return 0;
        }
        int span = found.isLeaf() ? table.span() : 1;
        return (span >= Long.SIZE ? -1L : (1L << span) - 1) << frame;
    }

    private boolean isBelowTable(State state, SeptTable table, int level, int index) {
        Sept sept = tdx.sept();
        return !sept.keeps(level + 1) || sept.state(state, index * table.span(), level + 1).isTable();
    }

    private boolean areOf(State state, long frames, SeptState found) {
        Frames.Type due = found.isTable() ? Frames.Type.EPT : Frames.Type.REG;
        for (long rest = frames; rest != 0; rest &= rest - 1) {
            if (!tdx.frames().type().is(state, Long.numberOfTrailingZeros(rest), due)) {
                return false;
            }
        }
        return true;
    }

    /** Whether no other frames are PT_REG or PT_EPT, and the TD has as many children as it counts. */
    private boolean areAll(State state, long used) {
        int inUse = 0;
        for (int frame = 0; frame < tdx.geometry().frames(); frame++) {
            Frames.Type type = tdx.frames().type().get(state, frame);
            boolean isInTree = type == Frames.Type.REG || type == Frames.Type.EPT;
            if (isInTree != ((used >>> frame & 1) != 0)) {
                return false;
            }
            inUse += type == Frames.Type.NDA ? 0 : 1;
        }
        return !tdx.control().kept() || tdx.control().children().get(state) == inUse;
    }

    @Override
    public String hurt(State state) {
        return "an entry below no table, or a frame of which Secure EPT and PAMT do not tell the same, or CHLDCNT";
    }
}
