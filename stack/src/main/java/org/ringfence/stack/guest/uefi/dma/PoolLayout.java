package org.ringfence.stack.guest.uefi.dma;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The reserved shared memory: slots of a few sizes, each of one header page, which stays private, and data, which is
 * shared for good. A request is served by the first class that is large enough, and by that alone. Source: edk2,
 * OvmfPkg/IoMmuDxe/IoMmuBuffer.c (mReservedMemRanges).
 *
 * @param classes by size, ascending
 */
public record PoolLayout(List<Size> classes) {

    /**
     * Slots of one size.
     *
     * @param dataPages of each slot, beside its header
     * @param slots how many
     */
    public record Size(int dataPages, int slots) {}

    public PoolLayout {
        classes = List.copyOf(classes);
    }

    /** OVMF's: 1,429 pages. */
    public static PoolLayout ovmf() {
        return new PoolLayout(List.of(
                new Size(1, 4), new Size(8, 8), new Size(32, 2), new Size(256, 1), new Size(512, 2)));
    }

    /** One slot of a page and one of two: enough to see what a pool does. */
    public static PoolLayout small() {
        return new PoolLayout(List.of(new Size(1, 1), new Size(2, 1)));
    }

    /** No pool. */
    public static PoolLayout none() {
        return new PoolLayout(List.of());
    }

    /**
     * The slots that may serve a request.
     *
     * @param firstBit of the bitmap
     * @param slots how many follow each other
     * @param firstPage the header of the first of them, from the pool's first page
     * @param stride pages from one slot to the next
     */
    public record Choice(int firstBit, int slots, int firstPage, int stride) {
        /** The header page of the slot of this bit, from the pool's first page. */
        public int header(int bit) {
            return firstPage + (bit - firstBit) * stride;
        }

        /** Its data pages. */
        public int dataPages() {
            return stride - 1;
        }
    }

    /** Which slots serve {@code pages} pages; empty where none is large enough. */
    public Optional<Choice> serving(int pages) {
        return choices().stream().filter(choice -> choice.dataPages() >= pages).findFirst();
    }

    /** All classes with their places. */
    public List<Choice> choices() {
        List<Choice> choices = new ArrayList<>();
        int bit = 0;
        int page = 0;
        for (Size size : classes) {
            choices.add(new Choice(bit, size.slots, page, size.dataPages + 1));
            bit += size.slots;
            page += size.slots * (size.dataPages + 1);
        }
        return choices;
    }

    /** The class that a slot's bit is of. */
    public Choice of(int bit) {
        return choices().stream()
                .filter(choice -> bit >= choice.firstBit && bit < choice.firstBit + choice.slots)
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("the pool has no slot " + bit));
    }

    /** Pages of the whole pool. */
    public int pages() {
        return classes.stream().mapToInt(size -> size.slots * (size.dataPages + 1)).sum();
    }

    /** Slots of the whole pool. */
    public int slots() {
        return classes.stream().mapToInt(Size::slots).sum();
    }
}
