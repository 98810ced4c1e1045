package org.ringfence.machine.tdx.module;

import java.util.ArrayList;
import java.util.List;
import java.util.function.LongUnaryOperator;

/**
 * TDMR_INFO, by which TDH.SYS.CONFIG is told of one TD memory region. In memory it is 8 words of 64 bits and 16 pairs
 * of offset and size. Addresses and sizes are in bytes. Source: TDX module 1.5.01, tdx_api_defs.h (tdmr_info_entry_t).
 *
 * @param reserved areas as they are listed; those behind the last one are of size 0
 */
public record TdmrInfo(
        long base,
        long size,
        long pamt1gBase,
        long pamt1gSize,
        long pamt2mBase,
        long pamt2mSize,
        long pamt4kBase,
        long pamt4kSize,
        List<ReservedArea> reserved) {

    /** Bytes of a PAMT entry. */
    public static final int PAMT_ENTRY = 16;

    private static final int WORDS = 8;

    /**
     * A part of a TDMR that the module leaves alone.
     *
     * @param offset from the TDMR's base
     */
    public record ReservedArea(long offset, long size) {
        static final ReservedArea NONE = new ReservedArea(0, 0);
    }

    public TdmrInfo {
        reserved = List.copyOf(reserved);
        if (reserved.size() > ModuleOptions.MAX_RESERVED_AREAS) {
            throw new IllegalArgumentException(
                    "TDMR_INFO has room for 16 reserved areas, not for " + reserved.size());
        }
    }

    /** As it lies in memory at {@code pa}. */
    public static TdmrInfo read(LongUnaryOperator memory, long pa) {
        long[] words = new long[WORDS];
        for (int i = 0; i < WORDS; i++) {
            words[i] = memory.applyAsLong(pa + 8L * i);
        }
        List<ReservedArea> areas = new ArrayList<>();
        for (int j = 0; j < ModuleOptions.MAX_RESERVED_AREAS; j++) {
            long at = pa + 8L * WORDS + 16L * j;
            areas.add(new ReservedArea(memory.applyAsLong(at), memory.applyAsLong(at + 8)));
        }
        return new TdmrInfo(
                words[0], words[1], words[2], words[3], words[4], words[5], words[6], words[7], areas);
    }

    /** Its words as they lie in memory. */
    public long[] words() {
        long[] words = new long[WORDS + 2 * ModuleOptions.MAX_RESERVED_AREAS];
        long[] first = {base, size, pamt1gBase, pamt1gSize, pamt2mBase, pamt2mSize, pamt4kBase, pamt4kSize};
        System.arraycopy(first, 0, words, 0, WORDS);
        for (int j = 0; j < reserved.size(); j++) {
            words[WORDS + 2 * j] = reserved.get(j).offset;
            words[WORDS + 2 * j + 1] = reserved.get(j).size;
        }
        return words;
    }

    /** The first byte behind it. */
    public long end() {
        return base + size;
    }

    /** The reserved area with this number. */
    ReservedArea area(int j) {
        return j < reserved.size() ? reserved.get(j) : ReservedArea.NONE;
    }

    /** Areas before the first one of size 0. */
    int areas() {
        int count = 0;
        while (count < reserved.size() && reserved.get(count).size != 0) {
            count++;
        }
        return count;
    }

    /** The memory that holds the entries for pages of {@code size}. */
    public MemoryRange pamt(PageSize size) {
        return switch (size) {
            case PT_4KB -> new MemoryRange(pamt4kBase, pamt4kSize);
            case PT_2MB -> new MemoryRange(pamt2mBase, pamt2mSize);
            case PT_1GB -> new MemoryRange(pamt1gBase, pamt1gSize);
        };
    }

    /** What is left between the reserved areas, which ascend without overlap; no empty range. */
    public List<MemoryRange> available() {
        List<MemoryRange> free = new ArrayList<>();
        long from = base;
        for (int j = 0; j < areas(); j++) {
            long start = base + area(j).offset;
            if (start > from) {
                free.add(new MemoryRange(from, start - from));
            }
            from = start + area(j).size;
        }
        if (end() > from) {
            free.add(new MemoryRange(from, end() - from));
        }
        return free;
    }
}
