package org.ringfence.machine.tdx.law;

import org.ringfence.machine.operation.Invariant;
import org.ringfence.machine.operation.Property;
import org.ringfence.machine.state.State;
import org.ringfence.machine.tdx.module.MemoryRange;
import org.ringfence.machine.tdx.module.PageSize;
import org.ringfence.machine.tdx.module.TdmrInfo;
import org.ringfence.machine.tdx.module.TdmrTable;
import org.ringfence.machine.tdx.module.TdxModule;

/**
 * Once the module knows its TDMRs, all memory is one thing: for TDs, or PAMT, or the host's. TDMRs ascend without
 * overlap and lie, but for their reserved areas, in convertible memory; so do PAMTs, each of which is apart from the
 * others and from what TDs may have.
 */
public record MemoryIsDivided(TdxModule module) implements Invariant {
    private static final PageSize[] SIZES = PageSize.values();

    @Override
    public Property property() {
        return Property.ACCOUNTING;
    }

    @Override
    public long judge(State state) {
        TdmrTable tdmrs = module.tdmrs();
        int count = tdmrs.count().get(state);
        for (int i = 0; i < count; i++) {
            if (!isSound(state, tdmrs, i)) {
                return Property.ACCOUNTING.broken();
            }
        }
        return count == 0 ? 0 : Property.ACCOUNTING.exercised();
    }

    private boolean isSound(State state, TdmrTable tdmrs, int i) {
        long start = tdmrs.start(state, i);
        long end = tdmrs.end(state, i);
        if (end <= start || i > 0 && start < tdmrs.end(state, i - 1) || !isUsableConvertible(state, tdmrs, i)) {
            return false;
        }
        for (PageSize size : SIZES) {
            long pamt = tdmrs.entry(state, i, size, start);
            long behind = pamt + pamtBytes(end - start, size);
            if (!isConvertible(pamt, behind) || isForTds(state, tdmrs, pamt, behind)) {
                return false;
            }
            for (int j = 0; j <= i; j++) {
                for (PageSize other : SIZES) {
                    long there = tdmrs.entry(state, j, other, tdmrs.start(state, j));
                    boolean same = i == j && size == other;
                    if (!same
                            && there < behind
                            && pamt < there + pamtBytes(tdmrs.end(state, j) - tdmrs.start(state, j), other)) {
                        return false;
                    }
                }
            }
        }
        return true;
    }

    private static long pamtBytes(long bytes, PageSize size) {
        return bytes / size.bytes() * TdmrInfo.PAMT_ENTRY;
    }

    /** Walks the reserved areas, which must ascend inside the TDMR, and looks at what lies between them. */
    private boolean isUsableConvertible(State state, TdmrTable tdmrs, int i) {
        long from = tdmrs.start(state, i);
        for (int j = 0; j < tdmrs.areas().get(state, i); j++) {
            long start = tdmrs.reservedStart(state, i, j);
            long end = areaEnd(state, tdmrs, i, j);
            if (start < from || end > tdmrs.end(state, i) || start > from && !isConvertible(from, start)) {
                return false;
            }
            from = end;
        }
        return from == tdmrs.end(state, i) || isConvertible(from, tdmrs.end(state, i));
    }

    private boolean isForTds(State state, TdmrTable tdmrs, long from, long to) {
        for (int i = 0; i < tdmrs.count().get(state); i++) {
            long free = tdmrs.start(state, i);
            for (int j = 0; j < tdmrs.areas().get(state, i); j++) {
                if (free < to && from < tdmrs.reservedStart(state, i, j)) {
                    return true;
                }
                free = areaEnd(state, tdmrs, i, j);
            }
            if (free < to && from < tdmrs.end(state, i)) {
                return true;
            }
        }
        return false;
    }

    private static long areaEnd(State state, TdmrTable tdmrs, int i, int j) {
        return tdmrs.reservedStart(state, i, j) + tdmrs.reservedSize(state, i, j);
    }

    private boolean isConvertible(long from, long to) {
        for (MemoryRange cmr : module.options().cmrs()) {
            if (from >= cmr.base() && to <= cmr.end()) {
                return true;
            }
        }
        return false;
    }

    @Override
    public String hurt(State state) {
        StringBuilder text = new StringBuilder("TDMRs and PAMTs that lie in each other, or where they must not:");
        for (TdmrInfo tdmr : module.tdmrs().all(state)) {
            text.append(" TDMR ").append(new MemoryRange(tdmr.base(), tdmr.size()));
            for (PageSize size : SIZES) {
                text.append(size == PageSize.PT_4KB ? " with PAMT " : ", ").append(tdmr.pamt(size));
            }
            text.append(tdmr.reserved().isEmpty() ? ";" : " and reserved areas;");
        }
        return text.substring(0, text.length() - 1);
    }
}
