package org.ringfence.stack.guest.uefi.memory;

import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.Memory;
import org.ringfence.machine.operation.Cast;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Part;
import org.ringfence.machine.state.Bounded;
import org.ringfence.machine.state.Declaration;
import org.ringfence.machine.state.State;
import org.ringfence.machine.state.Table;
import org.ringfence.machine.state.ValueNames;

/**
 * The pool of a DXE core: blocks in pages that it has allocated, used or free. A request takes the block of its size
 * that was freed last; else the one of the next larger size is cut; else a page is allocated and cut. A page goes back
 * to the map when all its blocks are free. So the key of the map changes with a request, or with what is freed, only
 * where the pool gets or gives back pages. Source: edk2, MdeModulePkg/Core/Dxe/Mem/Pool.c (CoreAllocatePoolI,
 * CoreFreePoolI).
 *
 * @param blocks entries for blocks
 * @param head of each block, in units of {@link PoolBins#UNIT} bytes; 0 for a free entry, as page 0 is never given
 * @param type of its memory: its number plus one
 * @param size of a block in use, with header and tail; of a free block, all of it
 * @param place of a free block in the lists: a larger number is nearer to the head; 0 for a block in use
 */
public record FirmwarePool(int blocks, Bounded head, Bounded type, Bounded size, Bounded place) {
    static final int UNITS_A_PAGE = (int) (Geometry.SMALL / PoolBins.UNIT);

    /** A page that is cut becomes fewer blocks. */
    private static final int MOST_PIECES = 8;
    private static final int MOST_BYTES = (1 << 30) - 1;

    /** Brings it, with so many blocks. */
    public record Sized(int blocks) implements Part {
        @Override
        public Class<FirmwarePool> type() {
            return FirmwarePool.class;
        }

        @Override
        public FirmwarePool declare(Declaration declaration, Machine machine, Cast cast) {
            return FirmwarePool.declare(declaration, machine.part(Memory.class).geometry(), blocks);
        }

        @Override
        public Part and(Part other) {
            return other instanceof Sized(int others) ? new Sized(Math.max(blocks, others)) : Part.super.and(other);
        }
    }

    /** Declares a pool of so many blocks. */
    public static FirmwarePool declare(Declaration declaration, Geometry geometry, int blocks) {
        Table table = declaration.table("pool", "block", blocks);
        long most = Math.min(MOST_BYTES, geometry.pages() * Geometry.SMALL);
        return new FirmwarePool(
                blocks,
                table.bounded("head", (int) Math.min(Integer.MAX_VALUE, (long) geometry.pages() * UNITS_A_PAGE - 1)),
                table.bounded("type", EfiMemoryType.values().length, ValueNames.orNone("none", EfiMemoryType.class)),
                table.bounded("size", (int) most),
                table.bounded("place", blocks));
    }

    /** Whether there are entries for whatever one request makes. */
    boolean hasRoom(State state) {
        int free = 0;
        for (int block = 0; block < blocks; block++) {
            free += head.get(state, block) == 0 ? 1 : 0;
        }
        return free >= Math.min(MOST_PIECES, blocks);
    }

    // ---- CoreAllocatePoolI

    /** Takes a block for {@code gross} bytes out of what is there; its head in units, or 0 where pages are needed. */
    int take(State state, int kind, int gross) {
        int bin = PoolBins.of(gross);
        for (int from = bin; from < PoolBins.count(); from++) {
            int block = newest(state, kind, PoolBins.size(from));
            if (block >= 0) {
                int at = head.get(state, block);
                unlink(state, block);
                clear(state, block);
                if (from > bin) {
                    carve(state, kind, at, PoolBins.size(bin), PoolBins.size(from), from);
                }
                enter(state, at, kind, gross, false);
                return at;
            }
        }
        return 0;
    }

    /** Takes a block for {@code gross} bytes out of pages that were allocated for it. */
    int takeFrom(State state, int kind, int gross, int page) {
        int at = page * UNITS_A_PAGE;
        int bin = PoolBins.of(gross);
        if (bin < PoolBins.count()) {
            carve(state, kind, at, PoolBins.size(bin), (int) Geometry.SMALL, PoolBins.count());
        }
        enter(state, at, kind, gross, false);
        return at;
    }

    /** Makes free blocks, the largest first, of what lies between two offsets. */
    private void carve(State state, int kind, int at, int from, int to, int below) {
        int offset = from;
        for (int bin = below - 1; offset < to; bin--) {
            for (int bytes = PoolBins.size(bin); offset + bytes <= to; offset += bytes) {
                enter(state, at + offset / PoolBins.UNIT, kind, bytes, true);
            }
        }
    }

    // ---- CoreFreePoolI

    /** The block in use whose header is at this unit; -1 for none. */
    int used(State state, int at) {
        for (int block = 0; block < blocks; block++) {
            if (at != 0 && head.get(state, block) == at && place.get(state, block) == 0) {
                return block;
            }
        }
        return -1;
    }

    /** Frees a block. Answers how many pages are to be freed from that of its head on. */
    int free(State state, int block) {
        int at = head.get(state, block);
        int kind = type.get(state, block);
        int gross = size.get(state, block);
        clear(state, block);
        int bin = PoolBins.of(gross);
        if (bin == PoolBins.count()) {
            return PoolBins.pages(gross);
        }
        enter(state, at, kind, PoolBins.size(bin), true);
        int page = at / UNITS_A_PAGE;
        for (int i = 0; i < blocks; i++) {
            if (isIn(state, i, page) && place.get(state, i) == 0) {
                return 0;
            }
        }
        for (int i = 0; i < blocks; i++) {
            if (isIn(state, i, page)) {
                unlink(state, i);
                clear(state, i);
            }
        }
        return 1;
    }

    private boolean isIn(State state, int block, int page) {
        int at = head.get(state, block);
        return at != 0 && at / UNITS_A_PAGE == page;
    }

    // ---- the entries

    private int newest(State state, int kind, int bytes) {
        int found = -1;
        for (int block = 0; block < blocks; block++) {
            int at = place.get(state, block);
            if (at != 0 && type.get(state, block) == kind && size.get(state, block) == bytes
                    && (found < 0 || at > place.get(state, found))) {
                found = block;
            }
        }
        return found;
    }

    private void enter(State state, int at, int kind, int bytes, boolean isFree) {
        int newest = 0;
        int entry = -1;
        for (int block = blocks - 1; block >= 0; block--) {
            newest = Math.max(newest, place.get(state, block));
            entry = head.get(state, block) == 0 ? block : entry;
        }
        head.set(state, entry, at);
        type.set(state, entry, kind);
        size.set(state, entry, bytes);
        place.set(state, entry, isFree ? newest + 1 : 0);
    }

    private void unlink(State state, int block) {
        int left = place.get(state, block);
        for (int i = 0; i < blocks; i++) {
            int other = place.get(state, i);
            if (other > left) {
                place.set(state, i, other - 1);
            }
        }
        place.set(state, block, 0);
    }

    private void clear(State state, int block) {
        head.set(state, block, 0);
        type.set(state, block, 0);
        size.set(state, block, 0);
    }
}
