package org.ringfence.stack.guest.uefi.dma;

import java.util.Optional;
import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.GuestMemory.Mapping;
import org.ringfence.machine.memory.Load;
import org.ringfence.machine.memory.Loaded;
import org.ringfence.machine.memory.Store;
import org.ringfence.machine.memory.Stored;
import org.ringfence.machine.memory.Value;
import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Panic;
import org.ringfence.machine.operation.Routine;
import org.ringfence.stack.guest.uefi.EfiStatus;
import org.ringfence.stack.guest.uefi.dma.IoMmuOperation.EnterInfo;
import org.ringfence.stack.guest.uefi.dma.IoMmuOperation.ForgetBuffer;
import org.ringfence.stack.guest.uefi.dma.IoMmuOperation.ReadPool;
import org.ringfence.stack.guest.uefi.dma.IoMmuOperation.ReadPurpose;
import org.ringfence.stack.guest.uefi.dma.IoMmuOperation.ReleaseSlot;
import org.ringfence.stack.guest.uefi.dma.IoMmuOperation.SetPool;
import org.ringfence.stack.guest.uefi.dma.IoMmuOperation.TakeSlot;
import org.ringfence.stack.guest.uefi.dma.IoMmuOperation.WriteHeader;
import org.ringfence.stack.guest.uefi.dma.PoolLayout.Choice;
import org.ringfence.stack.guest.uefi.memory.EfiMemoryType;
import org.ringfence.stack.guest.uefi.memory.MemoryOperation.AllocatePages;
import org.ringfence.stack.guest.uefi.memory.MemoryOperation.Allocated;
import org.ringfence.stack.guest.uefi.memory.MemoryOperation.Where;
import org.ringfence.stack.guest.uefi.memory.MemoryServices;

/**
 * EDKII_IOMMU_PROTOCOL as OVMF has it for confidential guests.
 *
 * <p>A device reaches shared pages only. A buffer for one transfer lies where it likes, so its data go through a bounce
 * buffer, always. A common buffer is used by device and CPU for long, so it is changed in place; what it holds survives
 * in a stash of the same size, which AllocateBuffer has allocated, because Map and Unmap must not allocate. Both kinds
 * come from the reserved pool where a slot is free, and there nothing is changed at all: the slots are shared for good.
 *
 * <p>At ExitBootServices every mapping that is live is undone, and nothing is freed: the map of memory that the loader
 * holds must stay true. Source: edk2, OvmfPkg/IoMmuDxe/CcIoMmu.c, IoMmuBuffer.c.
 */
public record IoMmuProtocol(Protection protection, MemoryServices memory, IoMmuChoices choices, PoolLayout layout) {

    /** AllocateBuffer's attributes. */
    public static final long WRITE_COMBINE = 0x80;
    public static final long CACHED = 0x800;
    public static final long DUAL_ADDRESS_CYCLE = 0x8000;

    static final long FOUR_GIB = 1L << 32;

    /**
     * What Map answers.
     *
     * @param device the address for the device
     * @param mapping its number, from 1
     * @param bytes that are mapped
     */
    public record Mapped(EfiStatus status, long device, int mapping, int bytes) {
        static Mapped failed(EfiStatus status, int bytes) {
            return new Mapped(status, 0, 0, bytes);
        }
    }

    /**
     * What AllocateBuffer answers.
     *
     * @param host the address of the buffer
     */
    public record Buffer(EfiStatus status, long host) {}

    /**
     * Map.
     *
     * @param operation its number
     * @param asks whether the caller gives every pointer
     */
    public Mapped map(Cpu cpu, int operation, long host, int bytes, boolean asks) {
        if (!asks) {
            return Mapped.failed(EfiStatus.EFI_INVALID_PARAMETER, bytes);
        }
        long info = 0;
        if (choices.infos() == MapInfos.IN_POOL) {
            info = memory.allocatePool(cpu, EfiMemoryType.BOOT_SERVICES_DATA.ordinal(), MapInfos.BYTES, true).address();
            if (info == 0) {
                return Mapped.failed(EfiStatus.EFI_OUT_OF_RESOURCES, 0);
            }
        }
        Optional<DmaOperation> known = DmaOperation.of(operation);
        Mapped mapped = known.isEmpty()
                ? Mapped.failed(EfiStatus.EFI_INVALID_PARAMETER, 0)
                : cpu.call(new MapBuffer(this, known.get(), host, bytes));
        if (info != 0) {
            if (mapped.status().isError()) {
                memory.freePool(cpu, info);
            } else {
                cpu.ask(new EnterInfo(mapped.mapping(), info));
            }
        }
        return mapped;
    }

    /** Unmap. */
    public EfiStatus unmap(Cpu cpu, int mapping) {
        if (mapping == 0) {
            return EfiStatus.EFI_INVALID_PARAMETER;
        }
        cpu.call(new UnmapBuffer(this, mapping, false));
        return EfiStatus.EFI_SUCCESS;
    }

    /** SetAttribute: it checks, and changes nothing. */
    public EfiStatus setAttribute(Cpu cpu, int mapping, int access) {
        if (!choices.knowsAttributes()) {
            return EfiStatus.EFI_UNSUPPORTED;
        }
        if (mapping == 0) {
            return EfiStatus.EFI_INVALID_PARAMETER;
        }
        boolean fits = access == 0 || cpu.ask(new ReadPurpose(mapping)).operation().access() == access;
        return fits ? EfiStatus.EFI_SUCCESS : EfiStatus.EFI_INVALID_PARAMETER;
    }

    /**
     * AllocateBuffer.
     *
     * @param type the number of a type of memory
     * @param asks whether the caller gives a pointer for the address
     */
    public Buffer allocateBuffer(Cpu cpu, int type, int pages, long attributes, boolean asks) {
        EfiStatus status = checkBuffer(type, attributes, asks);
        if (status.isError()) {
            return new Buffer(status, 0);
        }
        boolean stashed = choices.stash() == Stash.IN_ALLOCATE_BUFFER;
        int stash = stashed ? allocateStash(cpu, pages) : 0;
        if (stashed && stash == 0) {
            return new Buffer(EfiStatus.EFI_OUT_OF_RESOURCES, 0);
        }
        long highest = (attributes & DUAL_ADDRESS_CYCLE) != 0 ? Long.MAX_VALUE : FOUR_GIB - 1;
        Pages buffer = take(cpu, pages + 1, type, highest);
        if (buffer.page == 0) {
            if (stashed) {
                memory.free(cpu, gpa(stash), pages);
            }
            return new Buffer(EfiStatus.EFI_OUT_OF_RESOURCES, 0);
        }
        writeHeader(cpu, buffer.page, pages, stash, buffer.slot);
        return new Buffer(EfiStatus.EFI_SUCCESS, gpa(buffer.page + 1));
    }

    /** What this driver and the root bridge check of a request for a buffer, in their order. */
    static EfiStatus checkBuffer(int type, long attributes, boolean asks) {
        if ((attributes & ~(WRITE_COMBINE | CACHED | DUAL_ADDRESS_CYCLE)) != 0) {
            return EfiStatus.EFI_UNSUPPORTED;
        }
        boolean known = type == EfiMemoryType.BOOT_SERVICES_DATA.ordinal()
                || type == EfiMemoryType.RUNTIME_SERVICES_DATA.ordinal();
        return asks && known ? EfiStatus.EFI_SUCCESS : EfiStatus.EFI_INVALID_PARAMETER;
    }

    /** FreeBuffer, of a buffer of so many pages. */
    public EfiStatus freeBuffer(Cpu cpu, int pages, long host) {
        return cpu.call(new FreeBuffer(this, pages, host));
    }

    /** Undoes all mappings: the end of boot services. */
    public void unmapAll(Cpu cpu) {
        cpu.call(new UnmapAll(this));
    }

    /** Decrypts all of memory in place, contents and all, from page 1 to {@code pages - 1}. */
    public void openAll(Cpu cpu, int pages) {
        decrypt(cpu, 1, pages - 1);
    }

    /** Decrypts pages in place, contents and all. */
    void decrypt(Cpu cpu, int first, int pages) {
        for (int page = first; page < first + pages; page++) {
            cpu.call(new OpenPage(this, page));
        }
    }

    /** One page. */
    record OpenPage(IoMmuProtocol protocol, int page) implements Routine<Done> {
        @Override
        public Done run(Cpu cpu) {
            Loaded held = cpu.ask(new Load(gpa(page), Mapping.PRIVATE));
            protocol.share(cpu, page, 1);
            store(cpu, page, Mapping.SHARED, value(held));
            return Done.DONE;
        }
    }

    /** The same driver, with the memory services of whoever calls it. */
    public IoMmuProtocol in(MemoryServices services) {
        return new IoMmuProtocol(protection, services, choices, layout);
    }

    // ---- what these have in common

    /**
     * Pages that were taken.
     *
     * @param page the first; 0 where there are none
     * @param slot of the pool, from 1; 0 for none
     */
    record Pages(int page, int slot) {}

    /**
     * Pages from the pool, where a slot is free, else from the DXE core. Of a slot the first page is
     * the header, and data begin at the second: a common buffer puts its own header there. Type and highest address
     * are of no account in the pool.
     */
    Pages take(Cpu cpu, int pages, int type, long highest) {
        int pool = layout.slots() == 0 ? 0 : cpu.ask(new ReadPool());
        Optional<Choice> serving = pool == 0 ? Optional.empty() : layout.serving(pages);
        if (serving.isPresent()) {
            Choice choice = serving.get();
            int slot = cpu.ask(new TakeSlot(choice.firstBit(), choice.slots()));
            if (slot != 0) {
                if (!choices.marksSlots()) {
                    cpu.ask(new ReleaseSlot(slot - 1));
                }
                return new Pages(pool + choice.header(slot - 1), slot);
            }
        }
        Allocated allocated = memory.allocate(
                cpu,
                new AllocatePages(
                        Where.MAX_ADDRESS,
                        type,
                        pages,
                        highest));
        return new Pages((int) (allocated.address() / Geometry.SMALL), 0);
    }

    /** Pages for a stash, which is private always: the first of them, or 0. */
    int allocateStash(Cpu cpu, int pages) {
        Allocated stash = memory.allocate(cpu, AllocatePages.any(EfiMemoryType.BOOT_SERVICES_DATA, pages));
        return (int) (stash.address() / Geometry.SMALL);
    }

    /** Enters another stash in the header of a common buffer; 0 for none. */
    void enterStash(Cpu cpu, int header, int pages, int stash, int slot) {
        cpu.ask(new ForgetBuffer(header));
        writeHeader(cpu, header, pages, stash, slot);
    }

    private static void writeHeader(Cpu cpu, int header, int pages, int stash, int slot) {
        if (!cpu.ask(new WriteHeader(header, pages, stash, slot))) {
            throw new Panic("the machine has no room for another common buffer");
        }
    }

    /** Gives back what {@link #take} has taken. */
    void giveBack(Cpu cpu, int page, int pages, int slot) {
        if (slot != 0) {
            cpu.ask(new ReleaseSlot(slot - 1));
        } else {
            memory.free(cpu, gpa(page), pages);
        }
    }

    /** Creates the pool: its pages are allocated, and the data of each slot shared. */
    public void createPool(Cpu cpu) {
        if (layout.slots() == 0) {
            return;
        }
        Allocated pool =
                memory.allocate(cpu, AllocatePages.any(EfiMemoryType.BOOT_SERVICES_DATA, layout.pages()));
        if (pool.status().isError()) {
            return;
        }
        int first = (int) (pool.address() / Geometry.SMALL);
        cpu.ask(new SetPool(first));
        for (Choice choice : layout.choices()) {
            for (int i = 0; i < choice.slots(); i++) {
                share(cpu, first + choice.header(choice.firstBit() + i) + 1, choice.dataPages());
            }
        }
    }

    void share(Cpu cpu, int page, int pages) {
        for (int i = 0; i < pages; i++) {
            protection.share(cpu, gpa(page + i));
        }
    }

    void unshare(Cpu cpu, int page, int pages) {
        for (int i = 0; i < pages; i++) {
            protection.unshare(cpu, gpa(page + i));
        }
    }

    /** Copies whole pages; what makes no sense is copied as something that makes none. */
    void copy(Cpu cpu, int from, Mapping fromMapping, int to, Mapping toMapping, int pages) {
        for (int i = 0; i < pages; i++) {
            Loaded loaded = cpu.ask(new Load(gpa(from + i), fromMapping));
            if (!loaded.isContents()) {
                throw new Panic(
                        "the firmware stops at a fault, %s, in a load from page %d".formatted(loaded, from + i));
            }
            store(cpu, to + i, toMapping, value(loaded));
        }
    }

    private static Value value(Loaded loaded) {
        return switch (loaded) {
            case ZERO -> Value.ZERO;
            case HOST, JUNK, VIRTUALIZATION_EXCEPTION, PAGE_NOT_VALIDATED, SYNCHRONOUS_EXTERNAL_ABORT -> Value.HOST;
            case LAUNCH -> Value.LAUNCH;
            case DATA -> Value.DATA;
            case NEWER -> Value.NEWER;
            case INNER -> Value.INNER;
        };
    }

    void zero(Cpu cpu, int page, Mapping mapping, int pages) {
        for (int i = 0; i < pages; i++) {
            store(cpu, page + i, mapping, Value.ZERO);
        }
    }

    private static void store(Cpu cpu, int page, Mapping mapping, Value value) {
        if (cpu.ask(new Store(gpa(page), mapping, value)) != Stored.STORED) {
            throw new Panic("the firmware stops at a fault in a store to page %d".formatted(page));
        }
    }

    static long gpa(int page) {
        return page * Geometry.SMALL;
    }

    /** Pages of so many bytes. */
    static int pagesOf(int bytes) {
        return (int) ((bytes + Geometry.SMALL - 1) / Geometry.SMALL);
    }
}
