package org.ringfence.stack.guest.uefi.memory;

import org.ringfence.machine.memory.Geometry;

/**
 * The sizes of pool blocks. Each is the sum of the two before it, so that a block that is cut leaves whole blocks. What
 * does not fit one of those below a page gets pages of its own. A block begins with a header of 24 bytes and ends with
 * a tail of 16. Source: edk2, MdeModulePkg/Core/Dxe/Mem/Pool.c (mPoolSizeTable, POOL_HEAD, POOL_TAIL).
 */
public final class PoolBins {
    private PoolBins() {}

    /** Bytes of POOL_HEAD before the caller's first. */
    public static final int HEAD = 24;
    /** Bytes of POOL_HEAD and POOL_TAIL. */
    public static final int OVERHEAD = HEAD + 16;
    /** Bytes of the smallest block; all are multiples of it. */
    public static final int UNIT = 128;
    /** MAX_POOL_SIZE of a 64-bit DXE core, unsigned. */
    public static final long MAX_POOL_SIZE = -1L - OVERHEAD;

    private static final int[] SIZES = {128, 256, 384, 640, 1024, 1664, 2688};
    /** More pages than any machine has. */
    private static final int MOST_PAGES = 1 << 25;
    private static final long ALIGNMENT = 8;

    /** Sizes below a page. */
    public static int count() {
        return SIZES.length;
    }

    /** Bytes of the blocks of this size. */
    public static int size(int bin) {
        return SIZES[bin];
    }

    /**
     * Bytes of a block for a request, with header and tail, unsigned. The sum wraps for a request close to
     * {@link #MAX_POOL_SIZE}, and edk2 does not look.
     */
    public static long gross(long bytes) {
        return (bytes + ALIGNMENT - 1 & -ALIGNMENT) + OVERHEAD;
    }

    /** The smallest size for so many bytes, unsigned; {@link #count} where pages are needed. */
    public static int of(long gross) {
        for (int bin = 0; bin < SIZES.length; bin++) {
            if (Long.compareUnsigned(SIZES[bin], gross) >= 0) {
                return bin;
            }
        }
        return SIZES.length;
    }

    /** Pages for so many bytes. */
    static int pages(long gross) {
        long pages = Long.divideUnsigned(gross, Geometry.SMALL) + ((gross & Geometry.SMALL - 1) == 0 ? 0 : 1);
        return (int) Math.min(pages, MOST_PAGES);
    }
}
