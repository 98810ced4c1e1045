package org.ringfence.stack.guest.linux;

import java.util.ArrayDeque;
import java.util.Deque;
import org.ringfence.machine.memory.Geometry;

/**
 * A zone of the page allocator that puts acceptance off: blocks of 4 MiB with unaccepted memory in them wait in a list,
 * and count as free, until the watermark asks for one. Smaller blocks are accepted when they are freed. Source: Linux,
 * mm/page_alloc.c, __free_unaccepted, try_to_accept_memory_one and cond_accept_memory.
 */
public final class DeferredZone {
    /** MAX_PAGE_ORDER: a block of 4 MiB. */
    public static final int MAX_ORDER = 10;

    private static final long BLOCK = 1L << MAX_ORDER;

    /** The kernel parameter accept_memory. */
    public enum When {
        /** Only when memory is needed. */
        LAZY,
        /** While the block is freed at boot. */
        EAGER
    }

    private final KernelAcceptance acceptance;
    private final When when;
    private final Deque<Long> unaccepted = new ArrayDeque<>();
    private long free;

    /** An empty zone. */
    public DeferredZone(KernelAcceptance acceptance, When when) {
        this.acceptance = acceptance;
        this.when = when;
    }

    /** NR_FREE_PAGES, in which unaccepted ones are counted too. */
    public long free() {
        return free;
    }

    /** NR_UNACCEPTED, in pages. */
    public long unaccepted() {
        return unaccepted.size() * BLOCK;
    }

    /** Counts pages that are free and accepted, which an earlier stage of the kernel has freed. */
    public void addFree(long pages) {
        free += pages;
    }

    /** __free_pages_core: gives a block of 2^order pages to the allocator at boot. */
    public void release(long start, int order) {
        long pages = 1L << order;
        if (acceptance.contains(start, pages * Geometry.SMALL)) {
            if (order == MAX_ORDER && when == When.LAZY) {
                unaccepted.add(start);
            } else {
                acceptance.accept(start, pages * Geometry.SMALL);
            }
        }
        free += pages;
    }

    /**
     * cond_accept_memory: accepts blocks until the watermark is met without what is not accepted.
     *
     * @param watermark the zone's promo watermark in pages; 0 before it is set up, and then one block is accepted
     * @param unusable free pages that this allocation may not have
     * @param mayWait whether it may take locks; one that may only try them accepts nothing
     * @return whether any block was accepted
     */
    public boolean acceptFor(long watermark, long unusable, boolean mayWait) {
        if (unaccepted.isEmpty() || !mayWait) {
            return false;
        }
        if (watermark == 0) {
            return acceptOne();
        }
        long missing = watermark - (free - unusable - unaccepted());
        boolean any = false;
        while (missing > 0 && acceptOne()) {
            missing -= BLOCK;
            any = true;
        }
        return any;
    }

    private boolean acceptOne() {
        if (unaccepted.isEmpty()) {
            return false;
        }
        acceptance.accept(unaccepted.remove(), BLOCK * Geometry.SMALL);
        return true;
    }
}
