package org.ringfence.stack.guest.uefi.map;

import org.ringfence.machine.memory.Geometry;
import org.ringfence.stack.guest.uefi.memory.EfiMemoryType;

/**
 * An EFI_MEMORY_DESCRIPTOR without its virtual address. Source: UEFI 2.10, 7.2.3.
 *
 * @param type its number: 0 to 15, an OEM's from 0x70000000 on, an operating system's from 0x80000000 on
 * @param start PhysicalStart
 * @param pages NumberOfPages, of 4 KiB
 * @param attribute EFI_MEMORY_WB and others
 * @param place where it was read: the line from 1, or the offset in bytes
 */
public record EfiDescriptor(long type, long start, long pages, long attribute, int place) {
    /** The first byte behind it. */
    public long end() {
        return start + pages * Geometry.SMALL;
    }

    /** What its type is called. */
    public String typeName() {
        return EfiMemoryType.printed(type);
    }

    @Override
    public String toString() {
        return "0x%x-0x%x".formatted(start, end() - 1);
    }
}
