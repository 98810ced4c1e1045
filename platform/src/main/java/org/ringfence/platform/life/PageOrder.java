package org.ringfence.platform.life;

/** Which page a workload touches next, for as often as it is asked. */
final class PageOrder {
    private final TouchOrder order;
    private final long pages;
    private final long touches;
    private final long logarithm;
    private long random;
    private long next;

    /**
     * The order of {@code touches} touches of {@code pages} pages.
     *
     * @param seed equal seeds give equal orders
     */
    PageOrder(TouchOrder order, long pages, long touches, long seed) {
        this.order = order;
        this.pages = pages;
        this.touches = touches;
        this.random = seed;
        this.logarithm = 63L - Long.numberOfLeadingZeros(pages);
    }

    /** A page from 0 to {@code pages - 1}. */
    long next() {
        return switch (order) {
            case SEQUENTIAL -> (long) ((double) (next++ % touches) * pages / touches);
            case RANDOM -> below(pages);
            case ZIPF -> scattered(rank());
        };
    }

    /** A rank from 0 on; that of k is about as likely as 1/(k + 1): each power of two has the same share. */
    private long rank() {
        long exponent = below(logarithm + 1);
        return Math.min(pages - 1, (1L << exponent) - 1 + below(1L << exponent));
    }

    /** Which page has a rank. */
    private long scattered(long rank) {
        return Long.remainderUnsigned(mixed(rank + 1), pages);
    }

    private long below(long bound) {
        random += 0x9E37_79B9_7F4A_7C15L;
        return Math.unsignedMultiplyHigh(mixed(random), bound);
    }

    private static long mixed(long value) {
        long mixed = (value ^ value >>> 30) * 0xBF58_476D_1CE4_E5B9L;
        mixed = (mixed ^ mixed >>> 27) * 0x94D0_49BB_1331_11EBL;
        return mixed ^ mixed >>> 31;
    }
}
