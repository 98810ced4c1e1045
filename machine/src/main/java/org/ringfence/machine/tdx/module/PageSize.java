package org.ringfence.machine.tdx.module;

/** Sizes of pages, by the numbers that PAMT and operands give them. */
public enum PageSize {
    PT_4KB(1L << 12),
    PT_2MB(1L << 21),
    PT_1GB(1L << 30);

    private final long bytes;

    PageSize(long bytes) {
        this.bytes = bytes;
    }

    /** In bytes. */
    public long bytes() {
        return bytes;
    }
}
