package org.ringfence.machine.tdx.module;

import java.util.ArrayList;
import java.util.List;
import org.ringfence.machine.state.Bounded;
import org.ringfence.machine.state.Declaration;
import org.ringfence.machine.state.State;
import org.ringfence.machine.state.Table;

/**
 * The TDMRs that TDH.SYS.CONFIG has taken, and how far each is initialized. Addresses are kept in units of 1G or 4K.
 *
 * @param count how many there are
 * @param base in GB
 * @param size in GB
 * @param pamt4k base of the PAMT of 4K entries, in 4K, as the next two
 * @param calls of TDH.SYS.TDMR.INIT that succeeded
 * @param areas how many reserved areas each has
 * @param offset of an area, at {@code TDMR * reserved + area}, in 4K; likewise {@code length}
 */
public record TdmrTable(
        ModuleOptions options,
        Bounded count,
        Bounded base,
        Bounded size,
        Bounded pamt4k,
        Bounded pamt2m,
        Bounded pamt1g,
        Bounded calls,
        Bounded areas,
        Bounded offset,
        Bounded length) {

    private static final long GIGABYTE = PageSize.PT_1GB.bytes();
    private static final long PAGE = PageSize.PT_4KB.bytes();

    static TdmrTable declare(Declaration declaration, ModuleOptions options) {
        int gigabytes = Math.toIntExact(options.highest() / GIGABYTE);
        int pages = Math.toIntExact(options.highest() / PAGE);
        Table table = declaration.table("TDMR", "TDMR", options.tdmrs());
        Table reserved = declaration.table("reserved area", "area", options.tdmrs() * options.reserved());
        return new TdmrTable(
                options,
                declaration.single("TDMRs").bounded("count", options.tdmrs()),
                table.bounded("base GB", gigabytes),
                table.bounded("size GB", gigabytes),
                table.bounded("PAMT 4K page", pages),
                table.bounded("PAMT 2M page", pages),
                table.bounded("PAMT 1G page", pages),
                table.bounded("TDH.SYS.TDMR.INIT calls", gigabytes * callsPerBlock(options)),
                table.bounded("reserved areas", options.reserved()),
                reserved.bounded("offset page", pages),
                reserved.bounded("pages", pages));
    }

    /** Calls of TDH.SYS.TDMR.INIT for 1G. */
    static int callsPerBlock(ModuleOptions options) {
        return ModuleOptions.ENTRIES_PER_BLOCK / options.entriesPerInit();
    }

    /** Takes the TDMRs in, none of them initialized. */
    public void set(State state, List<TdmrInfo> tdmrs) {
        if (tdmrs.size() > options.tdmrs()) {
            throw new IllegalArgumentException("the machine has room for %d TDMRs; %d are configured"
                    .formatted(options.tdmrs(), tdmrs.size()));
        }
        count.set(state, tdmrs.size());
        for (int i = 0; i < tdmrs.size(); i++) {
            TdmrInfo tdmr = tdmrs.get(i);
            if (tdmr.end() > options.highest() || tdmr.areas() > options.reserved()) {
                throw new IllegalArgumentException(
                        "the machine has room for TDMRs below 0x%X with %d reserved areas; one ends at 0x%X and has %d"
                                .formatted(options.highest(), options.reserved(), tdmr.end(), tdmr.areas()));
            }
            base.set(state, i, (int) (tdmr.base() / GIGABYTE));
            size.set(state, i, (int) (tdmr.size() / GIGABYTE));
            pamt4k.set(state, i, (int) (tdmr.pamt4kBase() / PAGE));
            pamt2m.set(state, i, (int) (tdmr.pamt2mBase() / PAGE));
            pamt1g.set(state, i, (int) (tdmr.pamt1gBase() / PAGE));
            areas.set(state, i, tdmr.areas());
            for (int j = 0; j < tdmr.areas(); j++) {
                int at = i * options.reserved() + j;
                offset.set(state, at, (int) (tdmr.area(j).offset() / PAGE));
                length.set(state, at, (int) (tdmr.area(j).size() / PAGE));
            }
        }
    }

    /** The address of the first byte of TDMR {@code i}. */
    public long start(State state, int i) {
        return base.get(state, i) * GIGABYTE;
    }

    /** The address behind the last byte of TDMR {@code i}. */
    public long end(State state, int i) {
        return start(state, i) + size.get(state, i) * GIGABYTE;
    }

    /** Where TDH.SYS.TDMR.INIT of TDMR {@code i} goes on. */
    public long next(State state, int i) {
        return start(state, i) + calls.get(state, i) * (options.entriesPerInit() * PAGE);
    }

    /** The TDMR that begins at {@code hpa}; -1 where none does. */
    public int at(State state, long hpa) {
        for (int i = 0; i < count.get(state); i++) {
            if (start(state, i) == hpa) {
                return i;
            }
        }
        return -1;
    }

    /** The TDMR around {@code hpa} where the PAMT of the 1G block around it is initialized; -1 elsewhere. */
    public int covering(State state, long hpa) {
        int last = -1;
        for (int i = 0; i < count.get(state) && start(state, i) <= hpa; i++) {
            last = i;
        }
        return last >= 0 && hpa < end(state, last) && hpa < (next(state, last) & -GIGABYTE) ? last : -1;
    }

    /** Whether some of the {@code bytes} at {@code hpa}, where the PAMT is initialized, lie in a reserved area. */
    public boolean isReserved(State state, long hpa, long bytes) {
        int tdmr = covering(state, hpa);
        for (int j = 0; tdmr >= 0 && j < areas.get(state, tdmr); j++) {
            long from = reservedStart(state, tdmr, j);
            if (from < hpa + bytes && hpa < from + reservedSize(state, tdmr, j)) {
                return true;
            }
        }
        return false;
    }

    /** The address of the first byte of reserved area {@code j} of TDMR {@code i}. */
    public long reservedStart(State state, int i, int j) {
        return start(state, i) + offset.get(state, i * options.reserved() + j) * PAGE;
    }

    /** How many bytes reserved area {@code j} of TDMR {@code i} has. */
    public long reservedSize(State state, int i, int j) {
        return length.get(state, i * options.reserved() + j) * PAGE;
    }

    /** The address of the PAMT entry of TDMR {@code i} for the page of {@code size} around {@code hpa}. */
    public long entry(State state, int i, PageSize size, long hpa) {
        long number = (hpa - start(state, i)) / size.bytes();
        int first =
                switch (size) {
                    case PT_4KB -> pamt4k.get(state, i);
                    case PT_2MB -> pamt2m.get(state, i);
                    case PT_1GB -> pamt1g.get(state, i);
                };
        return first * PAGE + number * TdmrInfo.PAMT_ENTRY;
    }

    /**
     * The address of the bit for the 4K page around {@code hpa} of TDMR {@code i}, where PAMT is dynamic, rounded down
     * to 8 bytes. Source: TDX module, commit 1666adc, pamt_manager.c (dynamic_pamt_4k_bitmap_get).
     */
    long bitmap(State state, int i, long hpa) {
        long number = (hpa - start(state, i)) / PAGE;
        return pamt4k.get(state, i) * PAGE + number / Long.SIZE * Long.BYTES;
    }

    /** All of them as they were configured, for who prints; PAMT sizes are the least that hold them. */
    public List<TdmrInfo> all(State state) {
        List<TdmrInfo> all = new ArrayList<>();
        for (int i = 0; i < count.get(state); i++) {
            List<TdmrInfo.ReservedArea> reserved = new ArrayList<>();
            for (int j = 0; j < areas.get(state, i); j++) {
                int at = i * options.reserved() + j;
                reserved.add(new TdmrInfo.ReservedArea(offset.get(state, at) * PAGE, length.get(state, at) * PAGE));
            }
            long bytes = end(state, i) - start(state, i);
            all.add(new TdmrInfo(
                    start(state, i),
                    bytes,
                    pamt1g.get(state, i) * PAGE,
                    least(bytes, PageSize.PT_1GB),
                    pamt2m.get(state, i) * PAGE,
                    least(bytes, PageSize.PT_2MB),
                    pamt4k.get(state, i) * PAGE,
                    least(bytes, PageSize.PT_4KB),
                    reserved));
        }
        return all;
    }

    private static long least(long bytes, PageSize size) {
        return bytes / size.bytes() * TdmrInfo.PAMT_ENTRY + PAGE - 1 & -PAGE;
    }
}
