package org.ringfence.stack.guest.uefi.memory;

import java.util.ArrayList;
import java.util.List;
import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.Memory;
import org.ringfence.machine.operation.Part;
import org.ringfence.machine.state.Bounded;
import org.ringfence.machine.state.Declaration;
import org.ringfence.machine.state.State;
import org.ringfence.machine.state.ValueNames;
import org.ringfence.machine.state.Word;
import org.ringfence.stack.guest.uefi.EfiStatus;

/**
 * The memory map of a DXE core, a type for each 4K page.
 *
 * <p>edk2 keeps a list of ranges and joins those that touch and have the same type and attributes; so its list is what
 * runs of equal pages are here. Attributes depend on the type alone. The key is a counter that goes up in one place
 * only, where a range is added: once for each allocation, which must lie within one range of free memory, and once for
 * each range that is freed, since pages of different types that are freed at once are added one after the other. Memory
 * that is not accepted is no memory to the DXE core; the map shows it, and nothing is allocated there. edk2's bins,
 * which keep pages of a type together, are left out: they are empty until a platform describes them.
 *
 * <p>Source: edk2, MdeModulePkg/Core/Dxe/Mem/Page.c (CoreAddRange, CoreConvertPagesEx, CoreFindFreePagesI).
 *
 * @param use of each page: 0 where there is nothing, else the number of its type plus one
 * @param key mMemoryMapKey
 */
public record FirmwareMemory(Geometry geometry, Bounded use, Word key) {
    /** Brings it. */
    public static final Part PART = Part.of(
            FirmwareMemory.class,
            (declaration, machine, cast) -> declare(declaration, machine.part(Memory.class).geometry()));

    private static final int NOTHING = 0;
    private static final int FREE = 1 + EfiMemoryType.CONVENTIONAL.ordinal();

    /** Declares the map of a machine of this size. */
    public static FirmwareMemory declare(Declaration declaration, Geometry geometry) {
        return new FirmwareMemory(
                geometry,
                declaration
                        .table("memory map", "page", geometry.pages())
                        .bounded(
                                "type", EfiMemoryType.values().length,
                                ValueNames.orNone("none", EfiMemoryType.class)),
                declaration.single("memory map").word("key"));
    }

    /**
     * A range of the map.
     *
     * @param page its first
     */
    public record Range(int page, int pages, EfiMemoryType type) {}

    /** All ranges, ascending. */
    public List<Range> ranges(State state) {
        List<Range> ranges = new ArrayList<>();
        for (int page = 0; page < geometry.pages();) {
            int end = endOfRun(state, page);
            if (use.get(state, page) != NOTHING) {
                ranges.add(new Range(page, end - page, typeOf(state, page)));
            }
            page = end;
        }
        return ranges;
    }

    /** The type of a page that is memory. */
    public EfiMemoryType typeOf(State state, int page) {
        return EfiMemoryType.of(use.get(state, page) - 1)
                .orElseThrow(() -> new IllegalStateException("there is no memory at page " + page));
    }

    int countRanges(State state) {
        int count = 0;
        for (int page = 0; page < geometry.pages(); page = endOfRun(state, page)) {
            count += use.get(state, page) != NOTHING ? 1 : 0;
        }
        return count;
    }

    private int endOfRun(State state, int page) {
        int same = use.get(state, page);
        int end = page + 1;
        while (end < geometry.pages() && use.get(state, end) == same) {
            end++;
        }
        return end;
    }

    /** CoreAddRange: the only place where the key changes. */
    void add(State state, int page, int pages, EfiMemoryType type) {
        for (int i = page; i < page + pages; i++) {
            use.set(state, i, 1 + type.ordinal());
        }
        key.set(state, key.get(state) + 1);
    }

    /** Whether these pages lie within one free range. */
    boolean isFree(State state, int page, int pages) {
        if (page < 0 || pages > geometry.pages() - page) {
            return false;
        }
        for (int i = page; i < page + pages; i++) {
            if (use.get(state, i) != FREE) {
                return false;
            }
        }
        return true;
    }

    /** The highest {@code pages} free pages in a row that end at or below {@code last}; 0 when there are none. */
    int findFree(State state, int pages, int last) {
        int row = 0;
        for (int page = Math.min(last, geometry.pages() - 1); page > 0 && pages > 0; page--) {
            row = use.get(state, page) == FREE ? row + 1 : 0;
            if (row == pages) {
                return page;
            }
        }
        return 0;
    }

    /** CoreConvertPages to free memory: one range after the other, as far as all of them are allocated. */
    EfiStatus free(State state, int page, int pages) {
        int end = page + pages;
        for (int from = page; from < end;) {
            int kind = from < geometry.pages() ? use.get(state, from) : NOTHING;
            if (kind == NOTHING || kind == FREE || kind == 1 + EfiMemoryType.UNACCEPTED.ordinal()) {
                return EfiStatus.EFI_NOT_FOUND;
            }
            int to = Math.min(end, endOfRun(state, from));
            add(state, from, to - from, EfiMemoryType.CONVENTIONAL);
            from = to;
        }
        return EfiStatus.EFI_SUCCESS;
    }

    /** The first range that is not accepted, from {@code page} on; -1 for none. */
    int findUnaccepted(State state, int page) {
        for (int i = page; i < geometry.pages(); i++) {
            if (use.get(state, i) == 1 + EfiMemoryType.UNACCEPTED.ordinal()) {
                return i;
            }
        }
        return -1;
    }

    int pagesFrom(State state, int page) {
        return endOfRun(state, page) - page;
    }
}
