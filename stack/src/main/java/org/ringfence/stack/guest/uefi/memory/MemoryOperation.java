package org.ringfence.stack.guest.uefi.memory;

import java.util.List;
import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.operation.Action;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Part;
import org.ringfence.machine.operation.Results;
import org.ringfence.machine.operation.Step;
import org.ringfence.machine.state.State;
import org.ringfence.stack.guest.uefi.EfiStatus;

/** What the DXE core does to its memory map under its lock: each is one step. */
public sealed interface MemoryOperation<R> extends Operation<R> {

    @Override
    default List<Part> needs() {
        return List.of(FirmwareMemory.PART);
    }

    /** Takes the step. */
    long take(FirmwareMemory memory, State state);

    @Override
    default Step on(Machine machine, Actor actor) {
        FirmwareMemory memory = machine.part(FirmwareMemory.class);
        return state -> take(memory, state);
    }

    /**
     * CoreAddMemoryDescriptor: tells the DXE core of memory.
     *
     * @param page the first, by number
     */
    record AddMemory(int page, int pages, EfiMemoryType type) implements MemoryOperation<Done>, Action {
        @Override
        public long take(FirmwareMemory memory, State state) {
            memory.add(state, page, pages, type);
            return Done.DONE.ordinal();
        }

        @Override
        public String mnemonic() {
            return "add memory";
        }
    }

    /** What AllocatePages takes for its type. */
    enum Where {
        ANY_PAGES,
        MAX_ADDRESS,
        ADDRESS
    }

    /**
     * What AllocatePages answers.
     *
     * @param address of the first page; 0 after an error
     */
    record Allocated(EfiStatus status, long address) {
        private static final int STATUSES = 16;

        enum Coding implements Results.Coding<Allocated> {
            ALLOCATED;

            @Override
            public Allocated decode(long code) {
                return new Allocated(EfiStatus.of((int) (code % STATUSES)), code / STATUSES * Geometry.SMALL);
            }

            @Override
            public String print(long code) {
                Allocated allocated = decode(code);
                return allocated.status.isError() ? allocated.status.worded() : "0x%X".formatted(allocated.address);
            }
        }

        private static long code(EfiStatus status, int page) {
            return (long) page * STATUSES + status.ordinal();
        }
    }

    /**
     * AllocatePages.
     *
     * @param type the number of a type
     * @param address for MAX_ADDRESS the highest byte that may be used, for ADDRESS the first
     */
    record AllocatePages(Where where, long type, int pages, long address) implements MemoryOperation<Allocated> {
        /** Any pages of this type. */
        public static AllocatePages any(EfiMemoryType type, int pages) {
            return new AllocatePages(Where.ANY_PAGES, type.ordinal(), pages, 0);
        }

        /** Pages of this type whose last byte is at or below {@code highest}. */
        public static AllocatePages below(EfiMemoryType type, int pages, long highest) {
            return new AllocatePages(Where.MAX_ADDRESS, type.ordinal(), pages, highest);
        }

        @Override
        public Results<Allocated> results() {
            return new Results.Coded<>(Allocated.Coding.ALLOCATED);
        }

        @Override
        public long take(FirmwareMemory memory, State state) {
            if (EfiMemoryType.isRefused(type)) {
                return Allocated.code(EfiStatus.EFI_INVALID_PARAMETER, 0);
            }
            // An OEM's or an operating system's own type has no place of its own in the map: it is reserved.
            EfiMemoryType kind = EfiMemoryType.of(type).orElse(EfiMemoryType.RESERVED);
            int page;
            if (where == Where.ADDRESS) {
                page = memory.geometry().page(address);
                if (page <= 0 || pages <= 0 || !memory.isFree(state, page, pages)) {
                    return Allocated.code(EfiStatus.EFI_NOT_FOUND, 0);
                }
            } else {
                long last = where == Where.MAX_ADDRESS ? Long.divideUnsigned(address + 1, Geometry.SMALL) - 1
                        : Integer.MAX_VALUE;
                page = memory.findFree(state, pages, (int) Math.min(last, Integer.MAX_VALUE));
                if (page == 0) {
                    return Allocated.code(EfiStatus.EFI_OUT_OF_RESOURCES, 0);
                }
            }
            memory.add(state, page, pages, kind);
            return Allocated.code(EfiStatus.EFI_SUCCESS, page);
        }

        @Override
        public String mnemonic() {
            return "AllocatePages";
        }
    }

    /** FreePages. */
    record FreePages(long address, int pages) implements MemoryOperation<EfiStatus> {
        @Override
        public Results<EfiStatus> results() {
            return new Results.Closed<>(EfiStatus.class);
        }

        @Override
        public long take(FirmwareMemory memory, State state) {
            int page = memory.geometry().page(address);
            if ((address & Geometry.SMALL - 1) != 0 || pages <= 0) {
                return EfiStatus.EFI_INVALID_PARAMETER.ordinal();
            }
            return (page < 0 ? EfiStatus.EFI_NOT_FOUND : memory.free(state, page, pages)).ordinal();
        }

        @Override
        public String mnemonic() {
            return "FreePages";
        }
    }

    /**
     * What GetMemoryMap answers beside the descriptors.
     *
     * @param descriptors how many there are, or that there is room needed for
     * @param key which is told in any case once the size has been looked at
     */
    record Told(EfiStatus status, int descriptors, long key) {
        /** Bytes of one descriptor: 40, and 8 on purpose, so that software reads the size. */
        public static final int DESCRIPTOR_SIZE = 48;

        private static final int STATUSES = 16;
        private static final int MOST = 1 << 20;

        /** Bytes of all of them. */
        public long size() {
            return (long) descriptors * DESCRIPTOR_SIZE;
        }

        enum Coding implements Results.Coding<Told> {
            TOLD;

            @Override
            public Told decode(long code) {
                long rest = code / STATUSES;
                return new Told(EfiStatus.of((int) (code % STATUSES)), (int) (rest % MOST), rest / MOST);
            }

            @Override
            public String print(long code) {
                Told told = decode(code);
                return "%s, %d descriptors, key %d".formatted(told.status.name(), told.descriptors, told.key);
            }
        }
    }

    /**
     * GetMemoryMap.
     *
     * @param size of the caller's buffer in bytes
     * @param buffer whether there is one
     */
    record GetMemoryMap(long size, boolean buffer) implements MemoryOperation<Told> {
        /** Into a buffer that is large enough. */
        public static GetMemoryMap whole() {
            return new GetMemoryMap(Long.MAX_VALUE, true);
        }

        @Override
        public Results<Told> results() {
            return new Results.Coded<>(Told.Coding.TOLD);
        }

        @Override
        public long take(FirmwareMemory memory, State state) {
            int descriptors = memory.countRanges(state);
            EfiStatus status = EfiStatus.EFI_SUCCESS;
            if (size < (long) descriptors * Told.DESCRIPTOR_SIZE) {
                status = EfiStatus.EFI_BUFFER_TOO_SMALL;
            } else if (!buffer) {
                status = EfiStatus.EFI_INVALID_PARAMETER;
            }
            return (memory.key().get(state) * Told.MOST + descriptors) * Told.STATUSES + status.ordinal();
        }

        @Override
        public String mnemonic() {
            return "GetMemoryMap";
        }
    }

    /** CoreTerminateMemoryMap: whether {@code key} is that of the map as it is. */
    record TerminateMemoryMap(long key) implements MemoryOperation<EfiStatus> {
        @Override
        public Results<EfiStatus> results() {
            return new Results.Closed<>(EfiStatus.class);
        }

        @Override
        public long take(FirmwareMemory memory, State state) {
            return (memory.key().get(state) == key ? EfiStatus.EFI_SUCCESS : EfiStatus.EFI_INVALID_PARAMETER)
                    .ordinal();
        }

        @Override
        public String mnemonic() {
            return "check map key";
        }
    }

    /**
     * A range that is not accepted.
     *
     * @param page its first; -1 for none
     */
    record Unaccepted(int page, int pages) {
        private static final long PAGES = 1L << 31;

        /** Whether there is one. */
        public boolean isAny() {
            return page >= 0;
        }

        enum Coding implements Results.Coding<Unaccepted> {
            UNACCEPTED;

            @Override
            public Unaccepted decode(long code) {
                return new Unaccepted((int) (code / PAGES) - 1, (int) (code % PAGES));
            }

            @Override
            public String print(long code) {
                Unaccepted range = decode(code);
                return range.isAny() ? "%d pages from page %d on".formatted(range.pages, range.page) : "none";
            }
        }
    }

    /** Looks for the first range from {@code page} on that is not accepted. */
    record FindUnaccepted(int page) implements MemoryOperation<Unaccepted> {
        @Override
        public Results<Unaccepted> results() {
            return new Results.Coded<>(Unaccepted.Coding.UNACCEPTED);
        }

        @Override
        public long take(FirmwareMemory memory, State state) {
            int found = memory.findUnaccepted(state, page);
            return found < 0 ? 0 : (1L + found) * Unaccepted.PAGES + memory.pagesFrom(state, found);
        }

        @Override
        public String mnemonic() {
            return "find unaccepted";
        }
    }

    /** The highest page that the map has as free; 0 for none. What an operating system may take for its own. */
    record FindFree() implements MemoryOperation<Long> {
        @Override
        public Results<Long> results() {
            return new Results.Value();
        }

        @Override
        public long take(FirmwareMemory memory, State state) {
            return memory.findFree(state, 1, memory.geometry().pages() - 1);
        }

        @Override
        public String mnemonic() {
            return "find free";
        }
    }
}
