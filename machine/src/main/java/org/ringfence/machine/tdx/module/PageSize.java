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

    /** That of a page at a level of the Secure EPT, from 0 for 4K. */
    public static PageSize ofLevel(int level) {
        return switch (level) {
            case 0 -> PT_4KB;
            case 1 -> PT_2MB;
            case 2 -> PT_1GB;
            default -> throw new IllegalArgumentException("there are no pages of level " + level);
        };
    }

    /** In bytes. */
    public long bytes() {
        return bytes;
    }
}
