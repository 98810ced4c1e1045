package org.ringfence.stack.guest.linux;

import java.util.List;
import java.util.Optional;

/**
 * What the EFI stub and the decompressor do with unaccepted memory. Both run on one processor with interrupts off, so
 * there is no lock. Source: Linux, drivers/firmware/efi/libstub/unaccepted_memory.c.
 */
public record EfiStub(UnacceptedTable table, ArchAccept arch) {
    /** The unit of a table that the stub makes: a PMD. */
    public static final long UNIT = 0x20_0000;

    /**
     * The table that the stub makes for a memory map before it ends boot services: from the lowest unaccepted address,
     * rounded down, to the highest, rounded up. None where nothing is unaccepted. A table that the firmware or an
     * earlier kernel installed is used as it is, and this is not called.
     */
    public static Optional<UnacceptedTable> allocate(List<MemoryDescriptor> map) {
        long lowest = Long.MAX_VALUE;
        long highest = 0;
        for (MemoryDescriptor entry : map) {
            if (entry.isUnaccepted()) {
                lowest = Math.min(lowest, entry.range().start());
                highest = Math.max(highest, entry.range().end());
            }
        }
        if (lowest == Long.MAX_VALUE) {
            return Optional.empty();
        }
        long base = lowest - lowest % UNIT;
        long perByte = UNIT * Byte.SIZE;
        long spanned = Math.ceilDiv(highest, UNIT) * UNIT - base;
        return Optional.of(UnacceptedTable.empty(UNIT, base, Math.toIntExact(Math.ceilDiv(spanned, perByte))));
    }

    /** Processes every unaccepted entry of the map, as the stub does once boot services have ended. */
    public void processAll(List<MemoryDescriptor> map) {
        for (MemoryDescriptor entry : map) {
            if (entry.isUnaccepted()) {
                process(entry.range());
            }
        }
    }

    /**
     * process_unaccepted_memory: notes whole units in the table, and accepts at once what is none, or what the table
     * does not cover. A range below two units is accepted whole, so that what remains of a longer one without its
     * partial units is never empty.
     *
     * <p>A range that lies beyond the table altogether is accepted. Linux computes a negative number of units there; it
     * relies on the table having been made for this very map.
     */
    public void process(PhysicalRange range) {
        long unit = table.math().unitSize();
        long start = range.start();
        long end = range.end();
        if (range.size() < 2 * unit) {
            accept(start, end);
            return;
        }
        if (start % unit != 0) {
            long next = start - start % unit + unit;
            accept(start, next);
            start = next;
        }
        if (end % unit != 0) {
            long previous = end - end % unit;
            accept(previous, end);
            end = previous;
        }
        PhysicalRange covered = table.math().covered();
        if (start < covered.start()) {
            accept(start, Math.min(covered.start(), end));
            start = covered.start();
        }
        if (end > covered.end()) {
            accept(Math.max(start, covered.end()), end);
            end = covered.end();
        }
        long base = covered.start();
        table.mark(new UnitRange((start - base) / unit, (end - base) / unit), true);
    }

    private void accept(long start, long end) {
        if (start < end) {
            arch.accept(new PhysicalRange(start, end));
        }
    }

    /** accept_memory of the stub and the decompressor: outward to whole units, and no guard unit. */
    public void accept(PhysicalRange range) {
        Runs.accept(table, table.math().stubUnits(range), arch);
    }
}
