package org.ringfence.stack.host.tdx.bringup;

/**
 * The memory that holds a TDMR's physical address metadata: one contiguous allocation, for 4K, 2M and 1G pages in this
 * order.
 *
 * @param base first byte
 * @param size4k bytes of the part for 4K pages, whole pages like the others
 */
public record Pamt(long base, long size4k, long size2m, long size1g) {
    /** First byte of the part for 2M pages. */
    public long base2m() {
        return base + size4k;
    }

    /** First byte of the part for 1G pages. */
    public long base1g() {
        return base2m() + size2m;
    }

    /** First byte behind it. */
    public long end() {
        return base1g() + size1g;
    }

    /** In bytes. */
    public long size() {
        return end() - base;
    }
}
