package org.ringfence.machine.tdx.module;

import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.state.FrameRef;
import org.ringfence.machine.state.State;

/**
 * How TDH.SYS.TDMR.INIT writes the PAMT entries of a part of a TDMR, in the frames that hold them. Source: TDX module
 * 1.5.01, tdh_sys_tdmr_init.c, pamt_manager.c (pamt_init); commit 1666adc (pamt_4kb_bitmap_init) for dynamic PAMT.
 *
 * @param isDynamic whether 4K pages have bits and no entries
 * @param small the entries of 4K pages
 */
public record PamtInitialization(
        ModuleOptions options, AddressMap map, SeamMemory seam, TdmrTable tdmrs, boolean isDynamic,
        PageMetadata.Entries small) {

    /**
     * Initializes the entries for {@code [from, to)} of TDMR {@code i}: PT_RSVD in reserved areas, PT_NDA elsewhere.
     */
    void run(State state, int i, long from, long to) {
        if (isDynamic) {
            writeRegion(state, tdmrs.bitmap(state, i, from), tdmrs.bitmap(state, i, to));
        } else {
            writeRegion(
                    state, tdmrs.entry(state, i, PageSize.PT_4KB, from), tdmrs.entry(state, i, PageSize.PT_4KB, to));
        }
        writeNodes(state, i, PageSize.PT_2MB, from, to);
        writeNodes(state, i, PageSize.PT_1GB, from, to);
        setSmall(state, from, to, PageType.PT_NDA);
        for (int j = 0; j < tdmrs.areas().get(state, i); j++) {
            long base = tdmrs.reservedStart(state, i, j);
            setSmall(state, Math.max(from, base), Math.min(to, base + tdmrs.reservedSize(state, i, j)),
                    PageType.PT_RSVD);
        }
    }

    /** Makes all 4K pages in {@code [from, to)} nobody's, of {@code type}. */
    private void setSmall(State state, long from, long to, PageType type) {
        for (AddressMap.Segment segment : map.segments()) {
            int behind = segment.first() + map.below(segment, to);
            for (int frame = segment.first() + map.below(segment, from); frame < behind; frame++) {
                small.type().set(state, frame, type);
                small.owner().set(state, frame, FrameRef.NONE);
            }
        }
    }

    private void writeNodes(State state, int i, PageSize size, long from, long to) {
        if (to / size.bytes() > from / size.bytes()) {
            writeRegion(state, tdmrs.entry(state, i, size, from), tdmrs.entry(state, i, size, to));
        }
    }

    private void writeRegion(State state, long from, long to) {
        for (long hpa = from & -Geometry.SMALL; hpa < to; hpa += Geometry.SMALL) {
            int frame = map.frame(hpa);
            if (frame >= 0) {
                if (options.has(ModuleFeature.CACHED_TDMR_INIT)) {
                    seam.storeGlobal(state, frame);
                } else {
                    seam.writeGlobal(state, frame);
                }
            } else if (map.segments().size() > 1) {
                hpa = nextSegment(hpa, to) - Geometry.SMALL;
            }
        }
    }

    private long nextSegment(long hpa, long to) {
        long next = to;
        for (AddressMap.Segment segment : map.segments()) {
            if (segment.base() > hpa) {
                next = Math.min(next, segment.base());
            }
        }
        return Math.max(next, hpa + Geometry.SMALL);
    }
}
