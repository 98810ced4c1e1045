package org.ringfence.machine.tdx.module;

import java.util.ArrayList;
import java.util.List;
import org.ringfence.machine.memory.Geometry;

/**
 * What a host may tell TDH.SYS.CONFIG on a small machine: one division of memory that the module takes, and others of
 * which each misses one of its checks.
 *
 * <p>The machine has three GB. In the first, PAMTs have room; the second and the third are for TDs, but for the last 2M
 * of the second, which is not convertible.
 */
public enum TdmrLayout {
    /** Two TDMRs; the first one leaves out what is not convertible. */
    GOOD,
    /** The second of them alone. */
    ONE,
    /** The second before the first. */
    DESCENDING,
    /** The first reaches into the second. */
    OVERLAPPING,
    /** A TDMR of no size. */
    EMPTY,
    /** A reserved area behind its TDMR's end. */
    RESERVED_OUTSIDE,
    /** Two reserved areas that overlap. */
    RESERVED_TWICE,
    /** A PAMT that is too small, with another right behind it. */
    PAMT_SMALL,
    /** Two PAMTs at one place. */
    PAMT_TWICE,
    /** A PAMT in memory that TDs may have. */
    PAMT_USABLE,
    /** A PAMT in memory that is not convertible. */
    PAMT_OUTSIDE,
    /** Nothing is left out. */
    HOLE_USABLE;

    private static final long GB = PageSize.PT_1GB.bytes();
    private static final long HOLE = 2 * GB - Geometry.LARGE;
    private static final long PAMTS = 0x1000_0000;
    private static final long FOR_4K = GB / PageSize.PT_4KB.bytes() * TdmrInfo.PAMT_ENTRY;
    private static final long FOR_2M = GB / PageSize.PT_2MB.bytes() * TdmrInfo.PAMT_ENTRY;
    private static final long FOR_1G = PageSize.PT_4KB.bytes();
    private static final long EACH = FOR_4K + 2 * FOR_2M + FOR_1G;

    /** How many frames hold PAMT entries of frames. */
    public static final int PAMT_FRAMES = 6;

    /** Convertible memory. */
    public static List<MemoryRange> cmrs() {
        return List.of(new MemoryRange(0, HOLE), new MemoryRange(2 * GB, GB));
    }

    /**
     * Where the frames of such a machine lie: those that hold PAMT entries of others, {@code pages} in the second GB,
     * one in what is not convertible, one in the third GB.
     */
    public static AddressMap map(Geometry geometry, int pages) {
        return AddressMap.of(
                geometry,
                PAMTS,
                1,
                PAMTS + FOR_4K,
                1,
                PAMTS + FOR_4K + 2 * FOR_2M,
                1,
                PAMTS + EACH,
                1,
                PAMTS + EACH + FOR_4K,
                1,
                PAMTS + EACH + FOR_4K + 2 * FOR_2M,
                1,
                GB,
                pages,
                HOLE,
                1,
                2 * GB,
                1);
    }

    /** Where {@code frames} lie that TDs may all have: in the second GB. */
    public static AddressMap mapForTds(Geometry geometry, int frames) {
        return AddressMap.of(geometry, GB, frames);
    }

    /** The TDMRs. */
    public List<TdmrInfo> tdmrs() {
        TdmrInfo.ReservedArea hole = new TdmrInfo.ReservedArea(HOLE - GB, Geometry.LARGE);
        TdmrInfo first = tdmr(GB, GB, PAMTS, FOR_4K, hole);
        TdmrInfo second = tdmr(2 * GB, GB, PAMTS + EACH, FOR_4K);
        return switch (this) {
            case GOOD -> List.of(first, second);
            case ONE -> List.of(second);
            case DESCENDING -> List.of(second, first);
            case OVERLAPPING -> List.of(tdmr(GB, 2 * GB, PAMTS + 4 * EACH, 2 * FOR_4K, hole), second);
            case EMPTY -> List.of(tdmr(GB, 0, PAMTS, FOR_4K), second);
            case RESERVED_OUTSIDE -> List.of(first, tdmr(
                    2 * GB, GB, PAMTS + EACH, FOR_4K, new TdmrInfo.ReservedArea(GB, Geometry.LARGE)));
            case RESERVED_TWICE -> List.of(first, tdmr(
                    2 * GB,
                    GB,
                    PAMTS + EACH,
                    FOR_4K,
                    new TdmrInfo.ReservedArea(PAMTS, 2 * Geometry.SMALL),
                    new TdmrInfo.ReservedArea(PAMTS + Geometry.SMALL, 2 * Geometry.SMALL)));
            case PAMT_SMALL -> List.of(tdmr(GB, GB, PAMTS + EACH - Geometry.SMALL, Geometry.SMALL, hole), second);
            case PAMT_TWICE -> List.of(first, tdmr(2 * GB, GB, PAMTS, FOR_4K));
            case PAMT_USABLE -> List.of(tdmr(GB, GB, GB, FOR_4K, hole), second);
            case PAMT_OUTSIDE -> List.of(outside(hole), second);
            case HOLE_USABLE -> List.of(tdmr(GB, GB, PAMTS, FOR_4K), second);
        };
    }

    /** A TDMR whose PAMTs lie side by side from {@code pamt} on. */
    private static TdmrInfo tdmr(long base, long size, long pamt, long for4k, TdmrInfo.ReservedArea... reserved) {
        long after = pamt + Math.max(for4k, FOR_4K);
        boolean isSmall = for4k < FOR_4K;
        long large = isSmall ? PAMTS + 3 * EACH : after;
        return new TdmrInfo(
                base,
                size,
                large + 2 * FOR_2M,
                FOR_1G,
                large,
                Math.max(1, size / GB) * FOR_2M,
                pamt,
                for4k,
                new ArrayList<>(List.of(reserved)));
    }

    private static TdmrInfo outside(TdmrInfo.ReservedArea hole) {
        TdmrInfo good = tdmr(GB, GB, PAMTS, FOR_4K, hole);
        return new TdmrInfo(
                good.base(),
                good.size(),
                HOLE,
                FOR_1G,
                good.pamt2mBase(),
                good.pamt2mSize(),
                good.pamt4kBase(),
                good.pamt4kSize(),
                good.reserved());
    }
}
