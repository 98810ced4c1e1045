package org.ringfence.stack.guest.linux;

import org.ringfence.machine.memory.Geometry;

/**
 * Which pages the kernel reserves, so that nobody is given the memory in which the table lies. Source: Linux,
 * efi_config_parse_tables; repaired by commit 0862438c9048 (February 2026).
 */
public enum TableReservation {
    /** The pages that the table lies in. */
    WHOLE,
    /**
     * As before the repair: the size is rounded up to pages, and the start rounded down, each by itself. Where the
     * table does not begin with a page, its last one can be left out.
     */
    START_AND_SIZE_APART;

    /**
     * What is reserved for a table.
     *
     * @param size of the bitmap, in bytes
     */
    public PhysicalRange pages(long address, long size) {
        long first = address - address % Geometry.SMALL;
        long bytes = UnacceptedTable.HEADER + size;
        long end = switch (this) {
            case WHOLE -> Math.ceilDiv(address + bytes, Geometry.SMALL) * Geometry.SMALL;
            case START_AND_SIZE_APART -> first + Math.ceilDiv(bytes, Geometry.SMALL) * Geometry.SMALL;
        };
        return new PhysicalRange(first, end);
    }
}
