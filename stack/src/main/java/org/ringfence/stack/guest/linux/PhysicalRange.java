package org.ringfence.stack.guest.linux;

/**
 * Guest physical memory.
 *
 * @param start the first byte
 * @param end the byte after the last
 */
public record PhysicalRange(long start, long end) {
    /** The highest address that x86 and the table can express: 52 bits. */
    public static final long HIGHEST = 1L << 52;

    public PhysicalRange {
        if (start < 0 || end < start || end > HIGHEST) {
            throw new IllegalArgumentException(
                    "0x%X to 0x%X is no range of physical memory; allowed is up to 0x%X".formatted(start, end,
                            HIGHEST));
        }
    }

    /** In bytes. */
    public long size() {
        return end - start;
    }

    @Override
    public String toString() {
        return "[0x%X, 0x%X)".formatted(start, end);
    }
}
