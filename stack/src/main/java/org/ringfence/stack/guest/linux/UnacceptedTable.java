package org.ringfence.stack.guest.linux;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;

/**
 * {@code struct efi_unaccepted_memory}, the configuration table d5d1de3c-105c-44f9-9ea9-bcef98120031: which units of
 * memory nobody has accepted yet. Whatever it does not cover counts as accepted. Its layout is an interface between a
 * kernel and the one it starts by kexec, which finds the table again and goes on with its bits.
 *
 * <p>In memory, little endian: version (u32, 1), unit_size (u32), phys_base (u64), size of the bitmap in bytes (u64),
 * and the bitmap, whose bit n stands for the unit at phys_base + n * unit_size; 1 is unaccepted. Source: Linux,
 * include/linux/efi.h.
 */
public final class UnacceptedTable {
    /** The only version there is. */
    public static final int VERSION = 1;

    /** Bytes before the bitmap. */
    public static final int HEADER = 24;

    private static final int UNIT_SIZE = 4;
    private static final int PHYS_BASE = 8;
    private static final int SIZE = 16;

    private final UnitMath math;
    private final byte[] bitmap;

    private UnacceptedTable(UnitMath math, byte[] bitmap) {
        this.math = math;
        this.bitmap = bitmap;
    }

    /**
     * A table in which everything is accepted.
     *
     * @param size of the bitmap, in bytes
     */
    public static UnacceptedTable empty(long unitSize, long physBase, int size) {
        return new UnacceptedTable(new UnitMath(unitSize, physBase, (long) size * Byte.SIZE), new byte[size]);
    }

    /**
     * The table that was dumped as {@code bytes}; what follows the bitmap is ignored, because dumps end with their
     * page.
     *
     * @throws TableRefused where they are no such table
     */
    public static UnacceptedTable read(byte[] bytes) throws TableRefused {
        if (bytes.length < HEADER) {
            throw new TableRefused(
                    bytes.length, "the table ends here; its header alone has %d bytes".formatted(HEADER));
        }
        ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        long version = Integer.toUnsignedLong(buffer.getInt(0));
        if (version != VERSION) {
            throw new TableRefused(0, "version %d; Linux knows version %d only".formatted(version, VERSION));
        }
        long unitSize = Integer.toUnsignedLong(buffer.getInt(UNIT_SIZE));
        if (unitSize < 0x1000 || Long.bitCount(unitSize) != 1) {
            throw new TableRefused(
                    UNIT_SIZE, "unit size 0x%X; it must be a power of two, 0x1000 or more".formatted(unitSize));
        }
        long physBase = buffer.getLong(PHYS_BASE);
        if (physBase < 0 || physBase > PhysicalRange.HIGHEST || physBase % unitSize != 0) {
            throw new TableRefused(
                    PHYS_BASE,
                    "base 0x%X; it must be a multiple of the unit size 0x%X, and at most 0x%X"
                            .formatted(physBase, unitSize, PhysicalRange.HIGHEST));
        }
        long size = buffer.getLong(SIZE);
        if (size < 0 || size > bytes.length - HEADER) {
            throw new TableRefused(
                    SIZE,
                    "a bitmap of %s bytes; %d follow the header"
                            .formatted(Long.toUnsignedString(size), bytes.length - HEADER));
        }
        if (size * Byte.SIZE > (PhysicalRange.HIGHEST - physBase) / unitSize) {
            throw new TableRefused(
                    SIZE,
                    "a bitmap of %d bytes; it would cover memory beyond 0x%X".formatted(size, PhysicalRange.HIGHEST));
        }
        UnacceptedTable table = empty(unitSize, physBase, (int) size);
        System.arraycopy(bytes, HEADER, table.bitmap, 0, (int) size);
        return table;
    }

    /** The table as it lies in memory. */
    public byte[] write() {
        return ByteBuffer.allocate(HEADER + bitmap.length).order(ByteOrder.LITTLE_ENDIAN)
                .putInt(VERSION).putInt((int) math.unitSize()).putLong(math.physBase()).putLong(bitmap.length)
                .put(bitmap).array();
    }

    /** Its units and their addresses. */
    public UnitMath math() {
        return math;
    }

    /** Bytes of the bitmap. */
    public int size() {
        return bitmap.length;
    }

    /** Whether nobody has accepted this unit; false for one that the table does not cover. */
    public boolean isUnaccepted(long unit) {
        return unit >= 0 && unit < math.units()
                && (bitmap[(int) (unit / Byte.SIZE)] >> unit % Byte.SIZE & 1) != 0;
    }

    /** Notes these units, which the table covers, as unaccepted, or as accepted. */
    public void mark(UnitRange range, boolean unaccepted) {
        for (long unit = range.first(); unit < range.end(); unit++) {
            int index = (int) (unit / Byte.SIZE);
            int bit = 1 << unit % Byte.SIZE;
            bitmap[index] = (byte) (unaccepted ? bitmap[index] | bit : bitmap[index] & ~bit);
        }
    }

    /** The first longest run of unaccepted units in {@code range}. */
    public Optional<UnitRange> firstRun(UnitRange range) {
        long first = range.first();
        while (first < range.end() && !isUnaccepted(first)) {
            first++;
        }
        long end = first;
        while (end < range.end() && isUnaccepted(end)) {
            end++;
        }
        return first < end ? Optional.of(new UnitRange(first, end)) : Optional.empty();
    }
}
