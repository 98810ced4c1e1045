package org.ringfence.stack.host.inventory;

import java.util.ArrayList;
import java.util.List;

/**
 * The memory of a host: its ranges, ascending and without overlap, and which NUMA node addresses belong to.
 *
 * @param origin which lines tell it
 * @param ranges ascending
 * @param affinities ascending; empty for a host that tells of no nodes, all of whose memory is then on node 0
 * @param cmrs convertible memory, ascending; empty where nobody tells
 */
public record HostMemoryMap(
        Origin origin, List<FirmwareRange> ranges, List<Affinity> affinities, List<Convertible> cmrs) {
    private static final long PAGE = 4096;

    /**
     * Addresses of one node, from the firmware's SRAT.
     *
     * @param start first byte
     * @param end first byte behind them
     */
    public record Affinity(long start, long end, int node, int line) {}

    /** Which lines of a kernel log a map is read from. */
    public enum Origin {
        /** {@code BIOS-e820:}, as the firmware gave it. */
        FIRMWARE("BIOS-e820"),
        /** {@code user:}, after {@code mem=} or {@code memmap=}. */
        USER("user"),
        /** {@code modified:}, after the kernel has trimmed it. */
        MODIFIED("modified"),
        /** {@code efi: mem}. */
        EFI("efi: mem");

        private final String lines;

        Origin(String lines) {
            this.lines = lines;
        }

        /** What these lines begin with. */
        public String lines() {
            return lines;
        }
    }

    /**
     * A convertible memory region (CMR).
     *
     * @param start first byte
     * @param end first byte behind it
     */
    public record Convertible(long start, long end, int line) {}

    public HostMemoryMap {
        ranges = List.copyOf(ranges);
        affinities = List.copyOf(affinities);
        cmrs = List.copyOf(cmrs);
    }

    /** Reads a map out of a file's bytes; see {@link MemoryMapReader}. */
    public static HostMemoryMap read(byte[] bytes) throws BadInventory {
        return new MemoryMapReader(bytes).read();
    }

    /**
     * Usable memory in whole pages, touching ranges of a node joined: what Linux makes memblock regions of. Sources:
     * arch/x86/kernel/e820.c (e820__memblock_setup, memblock_trim_memory), arch/x86/mm/numa.c.
     */
    public List<MemoryBlock> blocks() {
        List<MemoryBlock> blocks = new ArrayList<>();
        for (FirmwareRange range : ranges) {
            if (range.usable()) {
                split(range.start(), range.end(), blocks);
            }
        }
        return blocks;
    }

    private void split(long from, long to, List<MemoryBlock> blocks) {
        long at = from;
        for (Affinity affinity : affinities) {
            if (affinity.end() <= at || affinity.start() >= to) {
                continue;
            }
            add(at, Math.max(at, affinity.start()), 0, blocks);
            add(Math.max(at, affinity.start()), Math.min(to, affinity.end()), affinity.node(), blocks);
            at = Math.min(to, affinity.end());
        }
        add(at, to, 0, blocks);
    }

    private static void add(long from, long to, int node, List<MemoryBlock> blocks) {
        long start = from + PAGE - 1 & -PAGE;
        long end = to & -PAGE;
        if (end <= start) {
            return;
        }
        MemoryBlock last = blocks.isEmpty() ? null : blocks.getLast();
        if (last != null && last.end() == start && last.node() == node) {
            blocks.set(blocks.size() - 1, new MemoryBlock(last.start(), end, node));
        } else {
            blocks.add(new MemoryBlock(start, end, node));
        }
    }

    /** Usable memory in whole pages, in bytes. */
    public long usableBytes() {
        return blocks().stream().mapToLong(MemoryBlock::size).sum();
    }
}
