package org.ringfence.stack.host.tdx.bringup;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.ringfence.stack.host.inventory.MemoryBlock;

/**
 * Hands out contiguous memory as alloc_contig_pages(GFP_KERNEL, node) does on a host that has just booted: the lowest
 * that fits, of the node from 4 GB up (ZONE_NORMAL), then of the node below (ZONE_DMA32), then of the other nodes
 * likewise. What the kernel itself takes from the beginning of a zone is left out. Source: Linux, mm/page_alloc.c.
 */
final class ContiguousPages {
    private static final long NORMAL = 1L << 32;

    private final List<MemoryBlock> free;

    ContiguousPages(List<MemoryBlock> blocks) {
        this.free = new ArrayList<>();
        for (MemoryBlock block : blocks) {
            if (block.start() < NORMAL && block.end() > NORMAL) {
                free.add(new MemoryBlock(block.start(), NORMAL, block.node()));
                free.add(new MemoryBlock(NORMAL, block.end(), block.node()));
            } else {
                free.add(block);
            }
        }
    }

    /** Takes {@code size} bytes, of {@code node} where it has them; nothing where no node has. */
    OptionalLong take(long size, int node) {
        for (boolean local : new boolean[] {true, false}) {
            for (boolean normal : new boolean[] {true, false}) {
                for (int i = 0; i < free.size(); i++) {
                    MemoryBlock block = free.get(i);
                    if (block.node() == node == local && block.start() >= NORMAL == normal && block.size() >= size) {
                        return OptionalLong.of(take(i, size));
                    }
                }
            }
        }
        return OptionalLong.empty();
    }

    private long take(int index, long size) {
        MemoryBlock block = free.get(index);
        if (block.size() == size) {
            free.remove(index);
        } else {
            free.set(index, new MemoryBlock(block.start() + size, block.end(), block.node()));
        }
        return block.start();
    }
}
