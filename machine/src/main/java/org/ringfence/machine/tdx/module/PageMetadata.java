package org.ringfence.machine.tdx.module;

import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.state.Bounded;
import org.ringfence.machine.state.Declaration;
import org.ringfence.machine.state.Enumerated;
import org.ringfence.machine.state.FrameRef;
import org.ringfence.machine.state.State;
import org.ringfence.machine.state.Table;

/**
 * The physical address metadata tables (PAMT): for each page of a TDMR, in a tree of 1G, 2M and 4K entries of 16 bytes,
 * what the module uses it for, and which TD.
 *
 * <p>The tables lie in frames that the host has given for them. To look an entry up is to read those frames, and to set
 * one is to write its frame, under the global KeyID; so where the host has spoilt such a frame, the look-up is a
 * machine check in the module.
 *
 * <p>One entry a frame here, in one word; the entry of a 2M page has a table of its own. Setting a page free leaves its
 * owner and BEPOCH standing, where the machine has {@link ModuleFeature#STALE_OWNERS}.
 *
 * <p>Source: TDX module 1.5.01, pamt_manager.c; commit 1666adc for dynamic PAMT.
 *
 * @param dynamic where 4K entries lie if the host adds pages for them
 */
public record PageMetadata(
        ModuleOptions options,
        AddressMap map,
        SeamMemory seam,
        TdmrTable tdmrs,
        ModuleLocks locks,
        PamtPages dynamic,
        Entries small,
        Entries large,
        Entries huge) {

    /** PAMT_REMOVAL_HINT. */
    public static final long REMOVAL_HINT = 1L << 62;

    /** Entries of one size. */
    record Entries(boolean kept, Enumerated<PageType> type, FrameRef owner, Bounded bepoch) {
        static Entries declare(Table table, boolean kept, ModuleOptions options) {
            return new Entries(
                    kept,
                    table.enumerated("type", PageType.class),
                    table.frame("owner"),
                    table.bounded("BEPOCH", options.epochs()));
        }
    }

    /** What a look-up came to. */
    public enum Found {
        OK,
        /** Outside the 1G blocks whose PAMT is initialized. */
        ADDR_RANGE_ERROR,
        /** Another leaf holds the lock of the page. */
        BUSY,
        /** The page is not of the size or type wanted. */
        METADATA_INCORRECT,
        /** The page is free, but dynamic PAMT has no pair for its 2M. */
        MISSING_PAMT_PAGE_PAIR,
        /** The page is free, but it is a PAMT page. */
        IS_PAMT,
        /** A machine check: TDX is disabled, and the logical processor gone. */
        MACHINE_CHECK
    }

    static PageMetadata declare(
            Declaration declaration,
            ModuleOptions options,
            AddressMap map,
            SeamMemory seam,
            TdmrTable tdmrs,
            ModuleLocks locks) {
        Geometry geometry = map.geometry();
        boolean hasLarge = geometry.hasLargePages();
        boolean hasHuge = options.has(ModuleFeature.HUGE_PAGES);
        int large = hasLarge ? geometry.frames() / geometry.smallPerLarge() : 0;
        int blocks = hasHuge ? Math.toIntExact(options.highest() / PageSize.PT_1GB.bytes()) : 0;
        return new PageMetadata(
                options,
                map,
                seam,
                tdmrs,
                locks,
                PamtPages.declare(declaration, options, map),
                Entries.declare(declaration.perFrame("PAMT 4K"), true, options),
                Entries.declare(declaration.table("PAMT 2M", "2M page", large), hasLarge, options),
                Entries.declare(declaration.table("PAMT 1G", "GB", blocks), hasHuge, options));
    }

    // ---- looking up

    /**
     * Whether the page at {@code hpa} lies in a 1G block whose PAMT is initialized: TDX_OPERAND_ADDR_RANGE_ERROR
     * elsewhere.
     */
    public boolean covers(State state, long hpa) {
        return tdmrs.covering(state, hpa) >= 0;
    }

    /** Reads the PAMT's frames on the way to the 4K entry of {@code hpa}; false where that is a machine check. */
    public boolean reach(State state, int lp, long hpa) {
        return reach(state, lp, tdmrs.covering(state, hpa), hpa);
    }

    private boolean reach(State state, int lp, int tdmr, long hpa) {
        return readEntry(state, lp, tdmr, PageSize.PT_1GB, hpa)
                && readEntry(state, lp, tdmr, PageSize.PT_2MB, hpa)
                && (dynamic.isEnabled(state)
                        ? seam.readGlobal(state, lp, pamtPage(state, map.frame(hpa)))
                        : readEntry(state, lp, tdmr, PageSize.PT_4KB, hpa));
    }

    /** The PAMT page with the 4K entry of {@code frame}; -1 where that has none. */
    private int pamtPage(State state, int frame) {
        return frame < 0 ? -1 : dynamic.page(state, frame, dynamic.isInSecondHalf(frame));
    }

    private boolean readEntry(State state, int lp, int tdmr, PageSize size, long hpa) {
        return seam.readGlobal(state, lp, map.frame(tdmrs.entry(state, tdmr, size, hpa)));
    }

    /** The size of the page around {@code frame}. */
    public PageSize size(State state, int frame) {
        if (huge.kept && huge.type.is(state, block(frame), PageType.PT_REG)) {
            return PageSize.PT_1GB;
        }
        return large.kept && large.type.is(state, frame / map.geometry().smallPerLarge(), PageType.PT_REG)
                ? PageSize.PT_2MB
                : PageSize.PT_4KB;
    }

    /** The type in the entry of {@code size} around {@code frame}. */
    public PageType type(State state, int frame, PageSize size) {
        Entries entries = entries(size);
        return entries.kept ? entries.type.get(state, index(frame, size)) : PageType.PT_NDA;
    }

    /** The frame of the TDR whose page this is or was; {@link FrameRef#NONE} for a TDR. */
    public int owner(State state, int frame, PageSize size) {
        Entries entries = entries(size);
        return entries.kept ? entries.owner.get(state, index(frame, size)) : FrameRef.NONE;
    }

    /** The TLB epoch in which the page was blocked. */
    public int bepoch(State state, int frame, PageSize size) {
        Entries entries = entries(size);
        return entries.kept ? entries.bepoch.get(state, index(frame, size)) : 0;
    }

    /**
     * Looks up a page that an operand names, as a leaf that wants one of {@code size} and {@code type} does.
     *
     * @param hpa aligned to {@code size}, without KeyID
     * @param wanted how its lock is to be held
     */
    public Found find(
            State state, int lp, long hpa, PageSize size, PageType type, ModuleLocks.Held wanted) {
        int tdmr = tdmrs.covering(state, hpa);
        if (tdmr < 0) {
            return Found.ADDR_RANGE_ERROR;
        }
        if (!reach(state, lp, tdmr, hpa)) {
            return Found.MACHINE_CHECK;
        }
        int frame = map.frame(hpa);
        if (isBusy(state, frame, size, wanted)) {
            return Found.BUSY;
        }
        if (dynamic.isEnabled(state) && frame >= 0) {
            return findDynamic(state, lp, hpa, size, type);
        }
        return frame >= 0 && largestOf(size(state, frame), size) == size && type(state, frame, size) == type
                ? Found.OK
                : Found.METADATA_INCORRECT;
    }

    /** Source: TDX module, commit 1666adc, helpers.c (non_shared_hpa_metadata_check_and_lock). */
    private Found findDynamic(State state, int lp, long hpa, PageSize size, PageType type) {
        int frame = map.frame(hpa);
        boolean hasPair = dynamic.has(state, frame);
        boolean isSize = largestOf(size(state, frame), size) == size;
        if (isSize && size == PageSize.PT_4KB && !hasPair) {
            return type == PageType.PT_NDA ? Found.MISSING_PAMT_PAGE_PAIR : Found.METADATA_INCORRECT;
        }
        if (!isSize || size != PageSize.PT_4KB && hasPair || type(state, frame, size) != type) {
            return Found.METADATA_INCORRECT;
        }
        if (type != PageType.PT_NDA) {
            return Found.OK;
        }
        if (!seam.readGlobal(state, lp, map.frame(tdmrs.bitmap(state, tdmrs.covering(state, hpa), hpa)))) {
            return Found.MACHINE_CHECK;
        }
        return dynamic.isPamt(state, frame) ? Found.IS_PAMT : Found.OK;
    }

    /**
     * Whether the lock of a page is taken; that of a large one is, shared, by whoever holds that of a part. Source:
     * pamt_manager.c (pamt_walk).
     */
    public boolean isBusy(State state, int frame, PageSize size, ModuleLocks.Held wanted) {
        if (locks.isBusy(state, ModuleLocks.Kind.PAGE, frame, wanted)) {
            return true;
        }
        int parts = locks.kept() && wanted == ModuleLocks.Held.EXCLUSIVE && size != PageSize.PT_4KB
                ? endOfParts(frame, PageSize.PT_2MB)
                : frame;
        for (int part = frame + 1; part < parts; part++) {
            if (locks.held(state, ModuleLocks.Kind.PAGE, part) != ModuleLocks.Held.FREE) {
                return true;
            }
        }
        return false;
    }

    private static PageSize largestOf(PageSize one, PageSize other) {
        return one.compareTo(other) > 0 ? one : other;
    }

    /** Whether the 4K page of {@code frame} has PAMT and is PT_NDA. */
    public boolean isFree(State state, int frame) {
        return size(state, frame) == PageSize.PT_4KB
                && small.type.is(state, frame, PageType.PT_NDA)
                && (!dynamic.isEnabled(state) || dynamic.has(state, frame) && !dynamic.isPamt(state, frame))
                && covers(state, map.hpa(frame));
    }

    /** Whether the 2M page at {@code frame} is free in every 4K of it, as a leaf that takes a whole one wants. */
    public boolean isFreeThroughout(State state, int frame) {
        int span = map.geometry().smallPerLarge();
        for (int i = 0; i < span; i++) {
            if (!small.type.is(state, frame + i, PageType.PT_NDA) || dynamic.isPamt(state, frame + i)) {
                return false;
            }
        }
        return !large.kept || large.type.is(state, frame / span, PageType.PT_NDA);
    }

    /**
     * Frames of pages of {@code type} of the TD whose root page is in {@code tdr}, one bit each; for at most 64 frames.
     */
    public long owned(State state, int tdr, PageType type) {
        long frames = 0;
        for (int frame = 0; frame < map.geometry().frames(); frame++) {
            PageSize size = size(state, frame);
            frames |= type(state, frame, size) == type && owner(state, frame, size) == tdr ? 1L << frame : 0;
        }
        return frames;
    }

    // ---- setting

    /**
     * Initializes the entries for {@code [from, to)} of TDMR {@code i}: PT_RSVD in reserved areas, PT_NDA elsewhere.
     */
    public void initialize(State state, int i, long from, long to) {
        new PamtInitialization(options, map, seam, tdmrs, dynamic.isEnabled(state), small).run(state, i, from, to);
    }

    /**
     * Makes the page of {@code size} at {@code frame} one of {@code type}.
     *
     * @param tdr the frame of the TD's root page; {@link FrameRef#NONE} for a TDR itself
     */
    public void allocate(State state, int frame, PageSize size, PageType type, int tdr) {
        Entries entries = entries(size);
        int index = index(frame, size);
        entries.type.set(state, index, type);
        entries.owner.set(state, index, tdr);
        entries.bepoch.set(state, index, 0);
        writeEntry(state, frame, size);
    }

    /** Makes the page of {@code size} at {@code frame} PT_NDA. */
    public void free(State state, int frame, PageSize size) {
        Entries entries = entries(size);
        int index = index(frame, size);
        entries.type.set(state, index, PageType.PT_NDA);
        if (!options.has(ModuleFeature.STALE_OWNERS)) {
            entries.owner.set(state, index, FrameRef.NONE);
            entries.bepoch.set(state, index, 0);
        }
        writeEntry(state, frame, size);
    }

    /** Writes lines of the PAMT of TDMR {@code i}, which is not initialized yet, on package {@code number}. */
    public void writeEarly(State state, int i, int number) {
        for (int frame = 0; i < tdmrs.count().get(state) && frame < map.geometry().frames(); frame++) {
            long hpa = map.hpa(frame);
            boolean isInside = hpa >= tdmrs.start(state, i) && hpa < tdmrs.end(state, i);
            int pamt = isInside ? map.frame(tdmrs.entry(state, i, PageSize.PT_4KB, hpa)) : -1;
            if (pamt >= 0) {
                seam.storeGlobalOn(state, number, pamt);
            }
        }
    }

    /** Sets BEPOCH, as TDH.MEM.RANGE.BLOCK does. */
    public void block(State state, int frame, PageSize size, int epoch) {
        entries(size).bepoch.set(state, index(frame, size), epoch);
        writeEntry(state, frame, size);
    }

    /**
     * Makes one page of {@code size}, from {@code frame} on, of those of the size below, all of one type and owner:
     * TDH.MEM.PAGE.PROMOTE.
     */
    public void promote(State state, int frame, PageSize size) {
        PageSize below = below(size);
        Entries parts = entries(below);
        int first = index(frame, below);
        allocate(state, frame, size, parts.type.get(state, first), parts.owner.get(state, first));
        for (int part = first; part < endOfParts(frame, size); part++) {
            parts.type.set(state, part, PageType.PT_NDA);
        }
        writeEntry(state, frame, below);
    }

    /**
     * Makes pages of the size below of the page of {@code size} at {@code frame}, of its type and owner, with BEPOCH 0:
     * TDH.MEM.PAGE.DEMOTE.
     */
    public void demote(State state, int frame, PageSize size) {
        PageSize below = below(size);
        Entries whole = entries(size);
        Entries parts = entries(below);
        int index = index(frame, size);
        for (int part = index(frame, below); part < endOfParts(frame, size); part++) {
            parts.type.set(state, part, whole.type.get(state, index));
            parts.owner.set(state, part, whole.owner.get(state, index));
            parts.bepoch.set(state, part, 0);
        }
        whole.type.set(state, index, PageType.PT_NDA);
        writeEntry(state, frame, below);
        writeEntry(state, frame, size);
    }

    // ---- dynamic PAMT

    /** Whether no page of 4K in one half of the 2M of {@code frame} is in use. */
    public boolean isUnused(State state, int frame, boolean secondHalf) {
        for (int page = dynamic.head(frame); page < dynamic.end(frame); page++) {
            PageType type = small.type.get(state, page);
            if (dynamic.isInSecondHalf(page) == secondHalf && type != PageType.PT_NDA && type != PageType.PT_RSVD) {
                return false;
            }
        }
        return true;
    }

    /**
     * What a leaf adds to the address of a page of {@code size} at {@code frame} that it has made free: a hint, bit 62,
     * that no page of its 2M is in use, so that the pair there can be removed; else 0. Source: TDX module, commit
     * 1666adc, pamt_manager.h (pamt_dec_nl_page_count_and_get_hint).
     */
    public long removalHint(State state, int frame, PageSize size) {
        boolean isLast = size == PageSize.PT_4KB
                && dynamic.isEnabled(state)
                && dynamic.has(state, frame)
                && isUnused(state, frame, false)
                && isUnused(state, frame, true);
        return isLast ? REMOVAL_HINT : 0;
    }

    /**
     * Looks up, and locks shared, a page that is to hold PAMT. Source: TDX module, commit 1666adc,
     * tdh_phymem_pamt_add.c, pamt_manager.c (pamt_demote).
     */
    public Found findForPamt(State state, int lp, int frame, boolean checksLock) {
        if (!covers(state, map.hpa(frame))) {
            return Found.ADDR_RANGE_ERROR;
        }
        if (!reach(state, lp, map.hpa(frame))) {
            return Found.MACHINE_CHECK;
        }
        if (checksLock && locks.isBusy(state, ModuleLocks.Kind.PAGE, frame, ModuleLocks.Held.SHARED)) {
            return Found.BUSY;
        }
        PageType type = type(state, frame, size(state, frame));
        if (type != PageType.PT_NDA && type != PageType.PT_RSVD) {
            return Found.METADATA_INCORRECT;
        }
        return type == PageType.PT_RSVD || dynamic.isPamt(state, frame) ? Found.IS_PAMT : Found.OK;
    }

    /** Two pages, which are overwritten, hold the 4K entries of the 2M of {@code frame}, all of them PT_NDA. */
    public void addPair(State state, int frame, int first, int other) {
        dynamic.remove(state, frame);
        dynamic.add(state, frame, first, other);
        for (int page = dynamic.head(frame); page < dynamic.end(frame); page++) {
            if (!small.type.is(state, page, PageType.PT_RSVD)) {
                small.type.set(state, page, PageType.PT_NDA);
                small.owner.set(state, page, FrameRef.NONE);
            }
        }
        seam.writeGlobal(state, first);
        seam.writeGlobal(state, other);
        writePair(state, frame, first, other);
    }

    /** The pair of the 2M of {@code frame} goes back to the host, with what it holds. */
    public void removePair(State state, int frame) {
        int first = dynamic.page(state, frame, false);
        int other = dynamic.page(state, frame, true);
        dynamic.remove(state, frame);
        writePair(state, frame, first, other);
    }

    /** Writes the entry of the 2M, and the bits of two PAMT pages. */
    private void writePair(State state, int frame, int first, int other) {
        writeEntry(state, frame, PageSize.PT_2MB);
        writeBit(state, first);
        writeBit(state, other);
    }

    private void writeBit(State state, int frame) {
        int tdmr = tdmrs.covering(state, map.hpa(frame));
        if (tdmr >= 0) {
            seam.storeGlobal(state, map.frame(tdmrs.bitmap(state, tdmr, map.hpa(frame))));
        }
    }

    private PageSize below(PageSize size) {
        if (!entries(size).kept || size == PageSize.PT_4KB) {
            throw new IllegalStateException("the machine keeps no PAMT of pages of " + size);
        }
        return PageSize.values()[size.ordinal() - 1];
    }

    /** The index behind the last part, of those that the machine has, of the page of {@code size} at {@code frame}. */
    private int endOfParts(int frame, PageSize size) {
        int span = map.geometry().smallPerLarge();
        if (size == PageSize.PT_2MB) {
            return frame + span;
        }
        int part = frame / span;
        while (part < large.type.cells().count() && block(part * span) == block(frame)) {
            part++;
        }
        return part;
    }

    private void writeEntry(State state, int frame, PageSize size) {
        long hpa = map.hpa(frame);
        int tdmr = tdmrs.covering(state, hpa);
        if (tdmr >= 0 && size == PageSize.PT_4KB && dynamic.isEnabled(state)) {
            seam.storeGlobal(state, pamtPage(state, frame));
        } else if (tdmr >= 0) {
            seam.storeGlobal(state, map.frame(tdmrs.entry(state, tdmr, size, hpa)));
        }
    }

    private Entries entries(PageSize size) {
        return switch (size) {
            case PT_4KB -> small;
            case PT_2MB -> large;
            case PT_1GB -> huge;
        };
    }

    private int index(int frame, PageSize size) {
        return switch (size) {
            case PT_4KB -> frame;
            case PT_2MB -> frame / map.geometry().smallPerLarge();
            case PT_1GB -> block(frame);
        };
    }

    private int block(int frame) {
        return (int) (map.hpa(frame) / PageSize.PT_1GB.bytes());
    }
}
