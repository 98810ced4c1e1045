package org.ringfence.stack.host.tdx.bringup;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalLong;
import org.ringfence.stack.host.inventory.MemoryBlock;

/**
 * Makes TDMRs of a host's memory as Linux does.
 *
 * <p>One TDMR a memory block, its ends moved outward to whole GB; a block that the TDMR before it covers already gets
 * none, one that it covers in part gets one for the rest. Each TDMR gets a PAMT for three page sizes in one piece, on
 * the node of its first block. What of a TDMR is no memory, and what of it is any TDMR's PAMT, becomes a reserved area.
 * Too many TDMRs or reserved areas are -ENOSPC, no room for a PAMT -ENOMEM. Linux makes no effort to save either, and
 * nor does this.
 *
 * <p>Source: Linux, arch/x86/virt/vmx/tdx/tdx.c (build_tdx_memlist, construct_tdmrs and what it calls).
 */
public final class TdmrConstruction {
    /** The first MB is in no CMR, so that it is no memory for TDs. */
    public static final long FIRST = 1L << 20;

    private final TdmrLimits limits;
    private final List<MemoryBlock> blocks;
    private final List<MemoryBlock> between;

    private TdmrConstruction(List<MemoryBlock> blocks, List<MemoryBlock> between, TdmrLimits limits) {
        this.limits = limits;
        this.blocks = blocks;
        this.between = between;
    }

    /** A TDMR of which only the place is known. */
    private record Place(long base, long size) {
        long end() {
            return base + size;
        }
    }

    /** Something does not fit. */
    private static final class Misfit extends Exception {
        private static final long serialVersionUID = 1;

        private final BringUpErrno errno;

        Misfit(BringUpErrno errno, String reason) {
            super(reason, null, false, false);
            this.errno = errno;
        }
    }

    /** What of {@code blocks} TDs may get: all but the first MB. Linux: build_tdx_memlist. */
    public static List<MemoryBlock> tdxMemory(List<MemoryBlock> blocks) {
        List<MemoryBlock> memory = new ArrayList<>();
        for (MemoryBlock block : blocks) {
            if (block.end() > FIRST) {
                memory.add(new MemoryBlock(Math.max(block.start(), FIRST), block.end(), block.node()));
            }
        }
        return memory;
    }

    /** TDMRs for {@code blocks}, which are ascending and without overlap. Linux: construct_tdmrs. */
    public static Construction of(List<MemoryBlock> blocks, TdmrLimits limits) {
        return of(blocks, blocks, limits);
    }

    /**
     * TDMRs for {@code blocks}, with reserved areas between others: between convertible ranges, of which there are
     * fewer, they leave out what the module would refuse and nothing else. So do patches to Linux for hosts with many
     * holes.
     *
     * @param between the ranges, ascending and without overlap
     */
    public static Construction of(List<MemoryBlock> blocks, List<MemoryBlock> between, TdmrLimits limits) {
        List<MemoryBlock> memory = tdxMemory(blocks);
        if (memory.isEmpty()) {
            return new Construction.Failed(BringUpErrno.ENOMEM, "there is no memory above the first MB");
        }
        TdmrConstruction construction = new TdmrConstruction(memory, tdxMemory(between), limits);
        try {
            List<Place> places = construction.places();
            List<Pamt> pamts = construction.pamts(places);
            List<Tdmr> tdmrs = new ArrayList<>();
            for (int i = 0; i < places.size(); i++) {
                Place place = places.get(i);
                tdmrs.add(new Tdmr(
                        place.base, place.size, pamts.get(i), construction.reserved(place, pamts)));
            }
            return new Construction.Constructed(tdmrs);
        } catch (Misfit misfit) {
            return new Construction.Failed(misfit.errno, String.valueOf(misfit.getMessage()));
        }
    }

    /** Linux: fill_out_tdmrs. */
    private List<Place> places() throws Misfit {
        List<Place> places = new ArrayList<>();
        for (MemoryBlock block : blocks) {
            long start = block.start() & -limits.alignment();
            long end = block.end() + limits.alignment() - 1 & -limits.alignment();
            if (!places.isEmpty()) {
                long covered = places.getLast().end();
                if (end <= covered) {
                    continue;
                }
                start = Math.max(start, covered);
            }
            if (places.size() == limits.maxTdmrs()) {
                throw new Misfit(BringUpErrno.ENOSPC,
                        "TDMRs exhausted: the module takes %d, and the memory block [0x%x, 0x%x) needs one more"
                                .formatted(limits.maxTdmrs(), block.start(), block.end()));
            }
            places.add(new Place(start, end - start));
        }
        return places;
    }

    /** Linux: tdmrs_set_up_pamt_all. */
    private List<Pamt> pamts(List<Place> places) throws Misfit {
        ContiguousPages pages = new ContiguousPages(blocks);
        List<Pamt> pamts = new ArrayList<>();
        for (Place place : places) {
            Pamt sizes = new Pamt(
                    0,
                    pamtSize(place, TdmrLimits.PAGE),
                    pamtSize(place, TdmrLimits.LARGE),
                    pamtSize(place, TdmrLimits.HUGE));
            int node = node(place);
            OptionalLong base = pages.take(sizes.size(), node);
            if (base.isEmpty()) {
                throw new Misfit(BringUpErrno.ENOMEM,
                        "no node has the 0x%x contiguous bytes for the PAMT of TDMR [0x%x, 0x%x)"
                                .formatted(sizes.size(), place.base, place.end()));
            }
            pamts.add(new Pamt(base.getAsLong(), sizes.size4k(), sizes.size2m(), sizes.size1g()));
        }
        return pamts;
    }

    /** Linux: tdmr_get_pamt_sz. */
    private long pamtSize(Place place, long page) {
        long entries = place.size / page;
        return entries * limits.pamtEntrySize() + TdmrLimits.PAGE - 1 & -TdmrLimits.PAGE;
    }

    /** The node of the first block that ends in the TDMR or behind it. Linux: tdmr_get_nid. */
    private int node(Place place) {
        return blocks.stream()
                .filter(block -> block.end() > place.base)
                .mapToInt(MemoryBlock::node)
                .findFirst()
                .orElse(0);
    }

    /** Linux: tdmr_populate_rsvd_areas. */
    private List<ReservedArea> reserved(Place place, List<Pamt> pamts) throws Misfit {
        List<ReservedArea> areas = new ArrayList<>();
        long end = place.base;
        for (MemoryBlock block : between) {
            if (block.start() >= place.end()) {
                break;
            }
            if (block.end() < place.base) {
                continue;
            }
            if (block.start() > end) {
                add(areas, place, end, block.start());
            }
            end = block.end();
        }
        if (end < place.end()) {
            add(areas, place, end, place.end());
        }
        for (Pamt pamt : pamts) {
            if (pamt.end() > place.base && pamt.base() < place.end()) {
                add(areas, place, Math.max(pamt.base(), place.base), Math.min(pamt.end(), place.end()));
            }
        }
        areas.sort(Comparator.comparingLong(ReservedArea::offset));
        return areas;
    }

    private void add(List<ReservedArea> areas, Place place, long from, long to) throws Misfit {
        if (areas.size() == limits.maxReserved()) {
            throw new Misfit(BringUpErrno.ENOSPC, "TDMR [0x%x, 0x%x): reserved areas exhausted: the module takes %d"
                    .formatted(place.base, place.end(), limits.maxReserved()));
        }
        areas.add(new ReservedArea(from - place.base, to - from));
    }
}
