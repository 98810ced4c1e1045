package org.ringfence.stack.guest.linux;

/** The sizes in which memory can be accepted, the largest first. */
public enum AcceptSize {
    SIZE_1G(0x4000_0000L),
    SIZE_2M(0x20_0000L),
    SIZE_4K(0x1000L);

    private final long bytes;

    AcceptSize(long bytes) {
        this.bytes = bytes;
    }

    /** In bytes. */
    public long bytes() {
        return bytes;
    }

    /** Whether a page of this size can begin at {@code range}'s start and lies within it. */
    boolean fits(PhysicalRange range) {
        return range.start() % bytes == 0 && range.size() >= bytes;
    }
}
