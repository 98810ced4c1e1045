package org.ringfence.stack.guest.uefi.dma;

import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.Memory;
import org.ringfence.machine.operation.Cast;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Part;
import org.ringfence.machine.state.Bits;
import org.ringfence.machine.state.Bounded;
import org.ringfence.machine.state.Declaration;
import org.ringfence.machine.state.State;
import org.ringfence.machine.state.Table;
import org.ringfence.machine.state.ValueNames;
import org.ringfence.stack.guest.uefi.memory.PoolBins;

/**
 * What OVMF's IOMMU driver keeps: its live mappings in a list, newest first; the common buffers that it has given out;
 * and which slots of its reserved pool are taken. Source: edk2, OvmfPkg/IoMmuDxe/CcIoMmu.c (MAP_INFO, mMapInfos,
 * COMMON_BUFFER_HEADER), IoMmuBuffer.c (mReservedMemBitmap).
 *
 * @param operation of each mapping, by number from 1; 0 for a free entry
 * @param bytes of its buffer
 * @param crypted the first page of the caller's buffer
 * @param plain the first page that the device uses
 * @param slot the slot of the pool that it is in, from 1; 0 for none
 * @param place in the list: 1 is the oldest
 * @param info where its MAP_INFO is in pool, in blocks of {@link PoolBins#UNIT} bytes; 0 where it is not there
 * @param header the header page of each common buffer; 0 for a free entry
 * @param pages of data behind it
 * @param stash the first page of its stash
 * @param bufferSlot as {@code slot}
 * @param pool the first page of the pool; 0 for none
 * @param taken its slots
 */
public record IoMmu(
        int mappings,
        int buffers,
        Bounded operation,
        Bounded bytes,
        Bounded crypted,
        Bounded plain,
        Bounded slot,
        Bounded place,
        Bounded info,
        Bounded header,
        Bounded pages,
        Bounded stash,
        Bounded bufferSlot,
        Bounded pool,
        Bits taken) {

    /** Mappings, and slots, that scripts may speak of. */
    static final int MOST = 32;

    private static final int MOST_BYTES = (1 << 28) - 1;

    /**
     * Brings it.
     *
     * @param mappings that can be live at once
     * @param buffers common buffers that can be given out at once
     * @param slots of the pool; 0 for none
     * @param infos whether mappings are remembered in pool
     */
    public record Sized(int mappings, int buffers, int slots, boolean infos) implements Part {
        @Override
        public Class<IoMmu> type() {
            return IoMmu.class;
        }

        @Override
        public IoMmu declare(Declaration declaration, Machine machine, Cast cast) {
            return IoMmu.declare(declaration, machine.part(Memory.class).geometry(), mappings, buffers, slots, infos);
        }

        @Override
        public Part and(Part other) {
            return other instanceof Sized(int otherMappings, int otherBuffers, int otherSlots, boolean otherInfos)
                    ? new Sized(
                            Math.max(mappings, otherMappings),
                            Math.max(buffers, otherBuffers),
                            Math.max(slots, otherSlots),
                            infos || otherInfos)
                    : Part.super.and(other);
        }
    }

    /** Declares so much of it. */
    public static IoMmu declare(
            Declaration declaration, Geometry geometry, int mappings, int buffers, int slots, boolean inPool) {
        int last = geometry.pages() - 1;
        long most = Math.min(MOST_BYTES, geometry.pages() * Geometry.SMALL);
        Table infos = declaration.table("mapping", "", mappings);
        Table commons = declaration.table("common buffer", "", buffers);
        Table pool = declaration.single("reserved pool");
        return new IoMmu(
                mappings,
                buffers,
                infos.bounded(
                        "operation", DmaOperation.values().length, ValueNames.orNone("none", DmaOperation.class)),
                infos.bounded("bytes", (int) most),
                infos.bounded("encrypted page", last),
                infos.bounded("plain page", last),
                infos.bounded("slot", slots),
                infos.bounded("place", mappings),
                infos.bounded("info", inPool ? (int) (geometry.pages() * Geometry.SMALL / PoolBins.UNIT - 1) : 0),
                commons.bounded("header", last),
                commons.bounded("pages", last),
                commons.bounded("stash", last),
                commons.bounded("slot", slots),
                pool.bounded("page", slots == 0 ? 0 : last),
                pool.bits("taken", slots));
    }

    /** A free entry for a mapping, which becomes the newest of the list; its number from 1, or 0 when there is none. */
    int insert(State state) {
        int newest = 0;
        int free = 0;
        for (int i = mappings; i > 0; i--) {
            newest = Math.max(newest, place.get(state, i - 1));
            free = operation.get(state, i - 1) == 0 ? i : free;
        }
        if (free != 0) {
            place.set(state, free - 1, newest + 1);
        }
        return free;
    }

    /** Takes a mapping off the list. */
    void remove(State state, int mapping) {
        int at = mapping - 1;
        int left = place.get(state, at);
        for (Bounded field : fields()) {
            field.set(state, at, 0);
        }
        for (int i = 0; i < mappings; i++) {
            int other = place.get(state, i);
            if (other > left) {
                place.set(state, i, other - 1);
            }
        }
    }

    private Bounded[] fields() {
        return new Bounded[] {operation, bytes, crypted, plain, slot, place, info};
    }

    /** The newest mapping; 0 for none. */
    int newest(State state) {
        int found = 0;
        for (int i = 1; i <= mappings; i++) {
            if (place.get(state, i - 1) != 0
                    && (found == 0 || place.get(state, i - 1) > place.get(state, found - 1))) {
                found = i;
            }
        }
        return found;
    }

    /** The common buffer whose header is at {@code page}, from 1; 0 for none. With page 0, a free entry. */
    int buffer(State state, int page) {
        for (int i = 1; i <= buffers; i++) {
            if (header.get(state, i - 1) == page) {
                return i;
            }
        }
        return 0;
    }
}
