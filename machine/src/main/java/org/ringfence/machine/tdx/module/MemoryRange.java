package org.ringfence.machine.tdx.module;

/** Physical memory from {@code base} on, in bytes: a CMR, the SEAM range. */
public record MemoryRange(long base, long size) {

    /** The first byte behind it. */
    public long end() {
        return base + size;
    }

    /** Whether it shares a byte with {@code [from, from + length)}. */
    public boolean overlaps(long from, long length) {
        return length > 0 && size > 0 && from < end() && base < from + length;
    }

    @Override
    public String toString() {
        return "[0x%X, 0x%X)".formatted(base, end());
    }
}
