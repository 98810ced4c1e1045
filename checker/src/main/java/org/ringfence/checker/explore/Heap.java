package org.ringfence.checker.explore;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.lang.management.MemoryUsage;

/**
 * How much of the Java heap is in use, without what the collector would find to be garbage. Young generations are
 * counted as the last collection left them, the old one as it is; where that is too much, the collector runs before it
 * counts.
 */
final class Heap {
    /**
     * Nanoseconds from the beginning before which nobody counts: the platform's beans take longer to load than a small
     * search takes.
     */
    private static final long FROM = 300_000_000;

    /** Nanoseconds between two runs of the collector for the sake of counting. */
    private static final long BETWEEN = 2_000_000_000;

    private final long begun = System.nanoTime();
    private long collected = begun - BETWEEN;

    /** Whether more than {@code bytes} are in use; false soon after the beginning. */
    boolean exceeds(long bytes) {
        long now = System.nanoTime();
        if (now - begun < FROM || used() <= bytes || now - collected < BETWEEN) {
            return false;
        }
        System.gc();
        collected = System.nanoTime();
        return used() > bytes;
    }

    private static long used() {
        long used = 0;
        for (MemoryPoolMXBean pool : ManagementFactory.getMemoryPoolMXBeans()) {
            if (pool.getType() == MemoryType.HEAP) {
                MemoryUsage left = isOld(pool) ? pool.getUsage() : pool.getCollectionUsage();
                used += left == null ? 0 : left.getUsed();
            }
        }
        return used;
    }

    private static boolean isOld(MemoryPoolMXBean pool) {
        return pool.getName().contains("Old") || pool.getName().contains("Tenured");
    }
}
