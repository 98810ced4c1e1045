package org.ringfence.stack.guest.uefi.memory;

import java.util.List;
import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Numbered;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Part;
import org.ringfence.machine.operation.Results;
import org.ringfence.machine.operation.Step;
import org.ringfence.machine.state.State;
import org.ringfence.stack.guest.uefi.EfiStatus;

/** What the DXE core does to its pool under its lock: each is one step. */
public sealed interface PoolOperation extends Operation<PoolOperation.Served> {

    /**
     * What comes of it.
     *
     * @param status an error ends the service
     * @param address of the caller's first byte; 0 where there is none
     * @param pages that are to be allocated first, or to be freed now; 0 for none
     */
    record Served(EfiStatus status, long address, int pages) {
        private static final int STATUS_BITS = 4;
        private static final int ADDRESS_BITS = 31;

        enum Coding implements Results.Coding<Served> {
            SERVED;

            @Override
            public Served decode(long code) {
                int unit = (int) (code >>> STATUS_BITS & (1L << ADDRESS_BITS) - 1);
                return new Served(
                        EfiStatus.of((int) (code & (1 << STATUS_BITS) - 1)),
                        unit == 0 ? 0 : (long) unit * PoolBins.UNIT + PoolBins.HEAD,
                        (int) (code >>> STATUS_BITS + ADDRESS_BITS));
            }

            @Override
            public String print(long code) {
                Served served = decode(code);
                if (served.status.isError()) {
                    return served.status.worded();
                }
                String pages = served.pages == 0 ? "" : "%d pages".formatted(served.pages);
                String address = served.address == 0 ? "" : "0x%X".formatted(served.address);
                String both =
                        String.join(", ", List.of(address, pages).stream().filter(one -> !one.isEmpty()).toList());
                return both.isEmpty() ? served.status.worded() : both;
            }
        }

        private static long code(EfiStatus status, int unit, int pages) {
            return (long) pages << STATUS_BITS + ADDRESS_BITS | (long) unit << STATUS_BITS | status.ordinal();
        }
    }

    /** Blocks of a pool that scripts and routines may speak of where nobody says how many there are. */
    int BLOCKS = 16;

    @Override
    default List<Part> needs() {
        return List.of(new FirmwarePool.Sized(BLOCKS));
    }

    @Override
    default Results<Served> results() {
        return new Results.Coded<>(Served.Coding.SERVED);
    }

    /** Refuses what the machine does not have, with a sentence. */
    default void require(Machine machine) {
        // Most name nothing.
    }

    /** Takes the step. */
    long take(FirmwarePool pool, State state);

    @Override
    default Step on(Machine machine, Actor actor) {
        require(machine);
        FirmwarePool pool = machine.part(FirmwarePool.class);
        return state -> take(pool, state);
    }

    /** An OEM's or an operating system's own type has no place of its own in the map: it is reserved. */
    private static int kind(long type) {
        return 1 + EfiMemoryType.of(type).orElse(EfiMemoryType.RESERVED).ordinal();
    }

    /**
     * AllocatePool, as far as there is pool: a block, or how many pages to allocate first. EFI_ABORTED where the
     * machine of the case keeps no more blocks.
     *
     * @param type the number of a type
     * @param bytes unsigned
     */
    record AllocatePool(long type, long bytes) implements PoolOperation {
        @Override
        public long take(FirmwarePool pool, State state) {
            if (EfiMemoryType.isRefused(type)) {
                return Served.code(EfiStatus.EFI_INVALID_PARAMETER, 0, 0);
            }
            if (Long.compareUnsigned(bytes, PoolBins.MAX_POOL_SIZE) > 0) {
                return Served.code(EfiStatus.EFI_OUT_OF_RESOURCES, 0, 0);
            }
            long gross = PoolBins.gross(bytes);
            if (PoolBins.of(gross) == PoolBins.count()) {
                return Served.code(EfiStatus.EFI_SUCCESS, 0, PoolBins.pages(gross));
            }
            if (!pool.hasRoom(state)) {
                return Served.code(EfiStatus.EFI_ABORTED, 0, 0);
            }
            int head = pool.take(state, kind(type), (int) gross);
            return Served.code(EfiStatus.EFI_SUCCESS, head, head == 0 ? 1 : 0);
        }

        @Override
        public String mnemonic() {
            return "AllocatePool";
        }
    }

    /**
     * The pages for a request of the pool's are there: the first block is the caller's, and what is left of a page is
     * cut.
     *
     * @param page the first
     */
    record AddPoolPages(long type, long bytes, int page) implements PoolOperation {
        @Override
        public void require(Machine machine) {
            int pages = machine.part(FirmwareMemory.class).geometry().pages();
            Numbered.require("page", page, pages);
            long gross = PoolBins.gross(bytes);
            long most = machine.part(FirmwarePool.class).size().max();
            if (page == 0 || EfiMemoryType.isRefused(type) || PoolBins.pages(gross) > pages - page
                    || Long.compareUnsigned(gross, most) > 0) {
                throw new IllegalArgumentException(
                        "the pool gets no pages at %d for %s bytes of type %d".formatted(
                                page, Long.toUnsignedString(bytes), type));
            }
        }

        @Override
        public List<Part> needs() {
            return List.of(new FirmwarePool.Sized(BLOCKS), FirmwareMemory.PART);
        }

        @Override
        public long take(FirmwarePool pool, State state) {
            if (!pool.hasRoom(state)) {
                return Served.code(EfiStatus.EFI_ABORTED, 0, 0);
            }
            int head = pool.takeFrom(state, kind(type), (int) PoolBins.gross(bytes), page);
            return Served.code(EfiStatus.EFI_SUCCESS, head, 0);
        }

        @Override
        public String mnemonic() {
            return "add pool pages";
        }
    }

    /** FreePool: answers how many pages to free, from that of the block on. */
    record FreePool(long address) implements PoolOperation {
        @Override
        public long take(FirmwarePool pool, State state) {
            long head = address - PoolBins.HEAD;
            boolean onUnit = head > 0 && head % PoolBins.UNIT == 0 && head / PoolBins.UNIT <= Integer.MAX_VALUE;
            int block = onUnit ? pool.used(state, (int) (head / PoolBins.UNIT)) : -1;
            return block < 0
                    ? Served.code(EfiStatus.EFI_INVALID_PARAMETER, 0, 0)
                    : Served.code(EfiStatus.EFI_SUCCESS, 0, pool.free(state, block));
        }

        /** The first page that is to be freed, where any is. */
        long firstPage() {
            return address & -Geometry.SMALL;
        }

        @Override
        public String mnemonic() {
            return "FreePool";
        }
    }
}
