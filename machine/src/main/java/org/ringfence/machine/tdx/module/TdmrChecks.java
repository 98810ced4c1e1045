package org.ringfence.machine.tdx.module;

import java.util.List;
import java.util.Optional;
import org.ringfence.machine.operation.Guards;
import org.ringfence.machine.tdx.abi.Completion;
import org.ringfence.machine.tdx.abi.TdxGuard;
import org.ringfence.machine.tdx.abi.TdxStatus;

/**
 * What TDH.SYS.CONFIG checks of each TDMR, in its order: the TDMR itself, its reserved areas, its PAMTs (each alone,
 * against other PAMTs, against usable memory of this TDMR and those before it, against convertible memory), and what is
 * usable of it. The details of a refusal are packed bytes: the TDMR's number, then a reserved area's number or a page
 * size, then the number of the other TDMR.
 *
 * <p>Source: TDX module 1.5.01, tdh_sys_config.c (check_and_set_tdmrs and what it calls).
 *
 * @param isDynamic whether PAMT is dynamic, so that that of 4K pages has a bit for each
 * @param tdmrs those before the one that is checked, all of them good
 */
public record TdmrChecks(ModuleOptions options, Guards guards, boolean isDynamic, List<TdmrInfo> tdmrs) {

    /** The sizes in the order in which a PAMT's own addresses and CMRs are checked. */
    private static final PageSize[] LARGE_FIRST = {PageSize.PT_1GB, PageSize.PT_2MB, PageSize.PT_4KB};

    /** The sizes in the order in which overlaps are looked for. */
    private static final PageSize[] SMALL_FIRST = {PageSize.PT_4KB, PageSize.PT_2MB, PageSize.PT_1GB};

    /** Why {@code tdmr}, behind {@link #tdmrs}, is refused. */
    public Optional<Completion> refuse(TdmrInfo tdmr) {
        int i = tdmrs.size();
        return order(tdmr, i)
                .or(() -> region(tdmr, i))
                .or(() -> reserved(tdmr, i))
                .or(() -> pamts(tdmr, i))
                .or(() -> pamtOverlaps(tdmr, i))
                .or(() -> usableOverlaps(tdmr, i))
                .or(() -> pamtsInCmrs(tdmr, i))
                .or(() -> usableInCmrs(tdmr, i));
    }

    private Optional<Completion> order(TdmrInfo tdmr, int i) {
        if (overflows(tdmr.base(), tdmr.size()) && guards.checks(TdxGuard.CONFIG_TDMR_IS_WELL_FORMED)) {
            return refusal(TdxStatus.TDX_INVALID_TDMR, i, 0, 0);
        }
        if (i > 0 && guards.checks(TdxGuard.CONFIG_TDMRS_ASCEND)) {
            TdmrInfo previous = tdmrs.get(i - 1);
            if (below(tdmr.base(), previous.base()) || below(tdmr.base(), previous.end())) {
                return refusal(TdxStatus.TDX_NON_ORDERED_TDMR, i, 0, 0);
            }
        }
        return Optional.empty();
    }

    private Optional<Completion> region(TdmrInfo tdmr, int i) {
        long gigabyte = PageSize.PT_1GB.bytes();
        boolean good = (tdmr.base() & gigabyte - 1) == 0
                && (tdmr.size() & gigabyte - 1) == 0
                && tdmr.size() != 0
                && options.isPlain(tdmr.base(), 1)
                && options.isPlain(tdmr.end() - 1, 1);
        return good || !guards.checks(TdxGuard.CONFIG_TDMR_IS_WELL_FORMED)
                ? Optional.empty()
                : refusal(TdxStatus.TDX_INVALID_TDMR, i, 0, 0);
    }

    private Optional<Completion> reserved(TdmrInfo tdmr, int i) {
        for (int j = 0; j < ModuleOptions.MAX_RESERVED_AREAS; j++) {
            TdmrInfo.ReservedArea area = tdmr.area(j);
            TdmrInfo.ReservedArea previous = j > 0 ? tdmr.area(j - 1) : TdmrInfo.ReservedArea.NONE;
            boolean isLast = j == ModuleOptions.MAX_RESERVED_AREAS - 1;
            if (area.size() == 0) {
                if (!isLast && tdmr.area(j + 1).size() != 0 && guards.checks(TdxGuard.CONFIG_RESERVED_AREAS_ASCEND)) {
                    return refusal(TdxStatus.TDX_NON_ORDERED_RESERVED_IN_TDMR, i, j, 0);
                }
                continue;
            }
            boolean fits = guards.checks(TdxGuard.CONFIG_RESERVED_AREA_FITS);
            if (fits && overflows(area.offset(), area.size())) {
                return refusal(TdxStatus.TDX_INVALID_RESERVED_IN_TDMR, i, j, 0);
            }
            if (j > 0
                    && below(area.offset(), previous.offset() + previous.size())
                    && guards.checks(TdxGuard.CONFIG_RESERVED_AREAS_ASCEND)) {
                return refusal(TdxStatus.TDX_NON_ORDERED_RESERVED_IN_TDMR, i, j, 0);
            }
            if (fits && !lies(area, tdmr)) {
                return refusal(TdxStatus.TDX_INVALID_RESERVED_IN_TDMR, i, j, 0);
            }
        }
        return Optional.empty();
    }

    private static boolean lies(TdmrInfo.ReservedArea area, TdmrInfo tdmr) {
        long start = tdmr.base() + area.offset();
        return (area.offset() & 0xFFF) == 0
                && (area.size() & 0xFFF) == 0
                && !overflows(tdmr.base(), area.offset())
                && !overflows(start, area.size())
                && Long.compareUnsigned(start + area.size(), tdmr.end()) <= 0;
    }

    private Optional<Completion> pamts(TdmrInfo tdmr, int i) {
        for (PageSize size : LARGE_FIRST) {
            MemoryRange pamt = tdmr.pamt(size);
            boolean good = !overflows(pamt.base(), pamt.size())
                    && (pamt.size() & 0xFFF) == 0
                    && options.isPlain(pamt.base(), 0x1000)
                    && options.isPlain(pamt.end() - 1, 1);
            boolean holds = !below(pamt.size(), needed(tdmr, size));
            if (!good && guards.checks(TdxGuard.CONFIG_PAMT_IS_WELL_FORMED)
                    || !holds && guards.checks(TdxGuard.CONFIG_PAMT_IS_LARGE_ENOUGH)) {
                return refusal(TdxStatus.TDX_INVALID_PAMT, i, size.ordinal(), 0);
            }
        }
        return Optional.empty();
    }

    /** Bytes of the PAMT of pages of {@code size}. */
    private long needed(TdmrInfo tdmr, PageSize size) {
        long pages = tdmr.size() / size.bytes();
        return isDynamic && size == PageSize.PT_4KB ? pages / Byte.SIZE : pages * TdmrInfo.PAMT_ENTRY;
    }

    private Optional<Completion> pamtOverlaps(TdmrInfo tdmr, int i) {
        if (!guards.checks(TdxGuard.CONFIG_PAMTS_ARE_APART)) {
            return Optional.empty();
        }
        for (int j = 0; j < i; j++) {
            for (PageSize size : SMALL_FIRST) {
                for (PageSize other : SMALL_FIRST) {
                    if (overlap(tdmr.pamt(size), tdmrs.get(j).pamt(other))) {
                        return refusal(TdxStatus.TDX_PAMT_OVERLAP, i, size.ordinal(), j);
                    }
                }
            }
        }
        for (int a = 0; a < SMALL_FIRST.length; a++) {
            for (int b = a + 1; b < SMALL_FIRST.length; b++) {
                if (overlap(tdmr.pamt(SMALL_FIRST[a]), tdmr.pamt(SMALL_FIRST[b]))) {
                    return refusal(TdxStatus.TDX_PAMT_OVERLAP, i, SMALL_FIRST[a].ordinal(), i);
                }
            }
        }
        return Optional.empty();
    }

    private Optional<Completion> usableOverlaps(TdmrInfo tdmr, int i) {
        if (!guards.checks(TdxGuard.CONFIG_PAMT_IS_RESERVED)) {
            return Optional.empty();
        }
        for (int j = 0; j <= i; j++) {
            TdmrInfo other = j < i ? tdmrs.get(j) : tdmr;
            for (PageSize size : SMALL_FIRST) {
                if (isUsable(other, tdmr.pamt(size))) {
                    return refusal(TdxStatus.TDX_PAMT_OVERLAP, i, size.ordinal(), j);
                }
            }
            for (PageSize size : SMALL_FIRST) {
                if (j < i && isUsable(tdmr, other.pamt(size))) {
                    return refusal(TdxStatus.TDX_PAMT_OVERLAP, j, size.ordinal(), i);
                }
            }
        }
        return Optional.empty();
    }

    private static boolean isUsable(TdmrInfo tdmr, MemoryRange pamt) {
        return tdmr.available().stream().anyMatch(free -> overlap(free, pamt));
    }

    private Optional<Completion> pamtsInCmrs(TdmrInfo tdmr, int i) {
        for (PageSize size : LARGE_FIRST) {
            if (!isConvertible(tdmr.pamt(size)) && guards.checks(TdxGuard.CONFIG_PAMT_IS_CONVERTIBLE)) {
                return refusal(TdxStatus.TDX_PAMT_OUTSIDE_CMRS, i, size.ordinal(), 0);
            }
        }
        return Optional.empty();
    }

    private Optional<Completion> usableInCmrs(TdmrInfo tdmr, int i) {
        return tdmr.available().stream().allMatch(this::isConvertible)
                || !guards.checks(TdxGuard.CONFIG_TDMR_IS_CONVERTIBLE)
                        ? Optional.empty()
                        : refusal(TdxStatus.TDX_TDMR_OUTSIDE_CMRS, i, 0, 0);
    }

    /** Whether {@code range} lies in one CMR, those that touch taken for one. */
    private boolean isConvertible(MemoryRange range) {
        long start = 0;
        long end = 0;
        for (MemoryRange cmr : options.cmrs()) {
            if (cmr.size() == 0) {
                continue;
            }
            start = cmr.base() == end ? start : cmr.base();
            end = cmr.end();
            if (range.base() >= start && range.end() <= end) {
                return true;
            }
        }
        return false;
    }

    private static boolean overlap(MemoryRange one, MemoryRange other) {
        return one.overlaps(other.base(), other.size());
    }

    private static boolean overflows(long base, long size) {
        return below(base + size, base);
    }

    private static boolean below(long one, long other) {
        return Long.compareUnsigned(one, other) < 0;
    }

    private static Optional<Completion> refusal(TdxStatus status, int i, int second, int third) {
        return Optional.of(new Completion(status, i | second << 8 | third << 16));
    }
}
