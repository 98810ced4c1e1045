package org.ringfence.stack.host.inventory;

/**
 * Ordinary memory of one NUMA node, whole 4K pages: what Linux keeps as a region of its memblock.
 *
 * @param start first byte
 * @param end first byte behind it
 * @param node NUMA node
 */
public record MemoryBlock(long start, long end, int node) {
    public MemoryBlock {
        if (start < 0 || end <= start || (start & 0xFFF) != 0 || (end & 0xFFF) != 0) {
            throw new IllegalArgumentException("0x%x-0x%x is no range of whole pages".formatted(start, end));
        }
    }

    /** In bytes. */
    public long size() {
        return end - start;
    }
}
