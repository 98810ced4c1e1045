package org.ringfence.stack.guest.igvm;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The memory that a guest is told it has, as {@code IGVM_VHS_MEMORY_MAP_ENTRY}s: sorted, apart from each other, and
 * ended by one of no pages where there is room for it. A host writes it into a parameter area, unmeasured; a monitor
 * that keeps memory for itself writes another for its inner guest.
 */
public record MemoryMap(List<Entry> entries) {
    /** Bytes of an entry. */
    public static final int ENTRY = 24;

    /** {@code MemoryMapEntryType}. */
    public enum Type {
        MEMORY,
        PLATFORM_RESERVED,
        PERSISTENT,
        VTL2_PROTECTABLE,
        SPECIFIC_PURPOSE,
        HIDDEN;

        static Optional<Type> of(int code) {
            return Stream.of(values()).filter(type -> type.ordinal() == code).findFirst();
        }
    }

    /**
     * A range.
     *
     * @param firstPage its first page of 4K, by number
     * @param pages of 4K
     */
    public record Entry(long firstPage, long pages, Type type) {
        public Entry {
            if (firstPage < 0 || pages < 1 || firstPage > Long.MAX_VALUE / 0x1000 - pages) {
                throw new IllegalArgumentException(
                        "%d pages from page %d on are no range of memory".formatted(pages, firstPage));
            }
        }

        /** The page after its last. */
        public long end() {
            return firstPage + pages;
        }
    }

    public MemoryMap {
        entries = List.copyOf(entries);
        for (int i = 1; i < entries.size(); i++) {
            if (entries.get(i).firstPage < entries.get(i - 1).end()) {
                throw new IllegalArgumentException("the memory map is not sorted, or ranges overlap: %s after %s"
                        .formatted(entries.get(i), entries.get(i - 1)));
            }
        }
    }

    /** A map of one range of memory from address 0 on. */
    public static MemoryMap ofPages(long pages) {
        return new MemoryMap(List.of(new Entry(0, pages, Type.MEMORY)));
    }

    /** How many pages of 4K can be used as memory. */
    public long memoryPages() {
        return entries.stream()
                .filter(entry -> entry.type == Type.MEMORY)
                .mapToLong(Entry::pages)
                .sum();
    }

    /** Whether all of {@code pages} pages from {@code firstPage} on are memory, in however many ranges. */
    public boolean hasMemory(long firstPage, long pages) {
        long next = firstPage;
        for (Entry entry : entries) {
            if (entry.type == Type.MEMORY && entry.firstPage <= next && next < entry.end()) {
                next = entry.end();
            }
        }
        return next - firstPage >= pages;
    }

    /**
     * Whether no range reaches into {@code pages} pages from {@code firstPage} on: a host can make memory there, as
     * QEMU does.
     */
    public boolean isFree(long firstPage, long pages) {
        return pages > 0
                && entries.stream().noneMatch(
                        entry -> entry.firstPage < firstPage + pages && entry.end() > firstPage);
    }

    /**
     * This map without {@code pages} pages from {@code firstPage} on: a range they lie in is split. Source:
     * COCONUT-SVSM, mm/memory.rs, init_memory_map.
     */
    public MemoryMap without(long firstPage, long pages) {
        long end = firstPage + pages;
        List<Entry> left = new ArrayList<>();
        for (Entry entry : entries) {
            if (entry.end() <= firstPage || entry.firstPage >= end) {
                left.add(entry);
                continue;
            }
            if (entry.firstPage < firstPage) {
                left.add(new Entry(entry.firstPage, firstPage - entry.firstPage, entry.type));
            }
            if (end < entry.end()) {
                left.add(new Entry(end, entry.end() - end, entry.type));
            }
        }
        return new MemoryMap(left);
    }

    /** Whether {@code bytes} of an area are enough; the entry that ends the map may be left out. */
    public boolean fits(long bytes) {
        return entries.size() <= bytes / ENTRY;
    }

    /**
     * Writes the map into {@code area} from its position on; what is left of the area stays as it is, but for the entry
     * that ends the map.
     */
    void write(ByteBuffer area) {
        for (Entry entry : entries) {
            area.putLong(entry.firstPage)
                    .putLong(entry.pages)
                    .putShort((short) entry.type.ordinal())
                    .putShort((short) 0)
                    .putInt(0);
        }
        if (area.remaining() >= ENTRY) {
            area.put(new byte[ENTRY]);
        }
    }

    /**
     * The map that {@code area} holds, as a guest reads it that trusts nobody: an unsorted, overlapping or endless one,
     * or a type not known, is refused with the offset in the area.
     */
    public static MemoryMap read(Contents area) throws IgvmRefused {
        ByteBuffer bytes = area.buffer().order(ByteOrder.LITTLE_ENDIAN);
        List<Entry> entries = new ArrayList<>();
        long next = 0;
        while (bytes.remaining() >= ENTRY) {
            int at = bytes.position();
            long first = bytes.getLong();
            long pages = bytes.getLong();
            int code = bytes.getShort() & 0xFFFF;
            bytes.getShort();
            bytes.getInt();
            if (pages == 0) {
                break;
            }
            Optional<Type> type = Type.of(code);
            if (first < next || pages < 0 || first > Long.MAX_VALUE / 0x1000 - pages || type.isEmpty()) {
                throw new IgvmRefused(at, "%s pages of type %d from page 0x%X on are no range after page 0x%X"
                        .formatted(Long.toUnsignedString(pages), code, first, next));
            }
            entries.add(new Entry(first, pages, type.get()));
            next = first + pages;
        }
        return new MemoryMap(entries);
    }
}
