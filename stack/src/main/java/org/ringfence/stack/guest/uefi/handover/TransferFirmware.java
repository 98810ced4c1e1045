package org.ringfence.stack.guest.uefi.handover;

import java.util.List;
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
import org.ringfence.machine.operation.Property;
import org.ringfence.machine.operation.Routine;
import org.ringfence.machine.vocabulary.Meaning;
import org.ringfence.machine.vocabulary.Signals;
import org.ringfence.stack.guest.uefi.dma.DmaOperation;
import org.ringfence.stack.guest.uefi.dma.IoMmuChoices;
import org.ringfence.stack.guest.uefi.dma.IoMmuOperation.Newest;
import org.ringfence.stack.guest.uefi.dma.IoMmuProtocol;
import org.ringfence.stack.guest.uefi.dma.IoMmuProtocol.Mapped;
import org.ringfence.stack.guest.uefi.dma.MapInfos;
import org.ringfence.stack.guest.uefi.dma.PciIo;
import org.ringfence.stack.guest.uefi.dma.PoolLayout;
import org.ringfence.stack.guest.uefi.dma.Protection;
import org.ringfence.stack.guest.uefi.dma.RootBridge;
import org.ringfence.stack.guest.uefi.dma.Stash;
import org.ringfence.stack.guest.uefi.event.EventServices;
import org.ringfence.stack.guest.uefi.event.Order;
import org.ringfence.stack.guest.uefi.memory.EfiMemoryType;
import org.ringfence.stack.guest.uefi.memory.MemoryOperation.AddMemory;
import org.ringfence.stack.guest.uefi.memory.MemoryOperation.AllocatePages;
import org.ringfence.stack.guest.uefi.memory.MemoryServices;

/**
 * A driver that maps one page, looks at it, and unmaps it.
 *
 * @param pages of memory
 */
public record TransferFirmware(Options options, int pages) implements Routine<Done> {

    /** When the driver looks at what the device has written. */
    public enum Parses {
        @Meaning("Never.")
        NEVER,
        @Meaning("While it is mapped, where it can change between two looks.")
        WHILE_MAPPED,
        @Meaning("When it is unmapped.")
        AFTER_UNMAP
    }

    /** Options of the driver and of the IOMMU driver. */
    public record Options(
            @Meaning("what protects the guest") Protection on,
            @Meaning("for what the page is mapped") DmaOperation operation,
            @Meaning("when the driver looks at what the device wrote") Parses parses,
            @Meaning("whether there is a secret in the driver's page") boolean secret,
            @Meaning("whether there was one in the page that becomes the bounce buffer") boolean staleSecret,
            @Meaning("whether Unmap wipes bounce buffers") boolean zeroes,
            @Meaning("whether Unmap copies before it makes a page private") boolean copiesFirst,
            @Meaning("whether there is a reserved pool") boolean pool,
            @Meaning("whether Unmap wipes before it makes a page private, not after") boolean wipesFirst,
            @Meaning("whether Map decrypts what the bounce buffer held before") boolean decryptsInPlace,
            @Meaning("whether SetAttribute fails after Map, which PciIo reports to the driver") boolean attributeFails,
            @Meaning("whether PciIo then unmaps") boolean undoes) {

        /** The defaults: edk2's. */
        public static Options standard() {
            return new Options(
                    Protection.SEV, DmaOperation.WRITE, Parses.AFTER_UNMAP, false, false, true, true, false, false,
                    false, false, false);
        }

        /** Slots of the pool. */
        public PoolLayout layout() {
            return pool ? PoolLayout.small() : PoolLayout.none();
        }

        Value content() {
            return secret ? Value.DATA : Value.LAUNCH;
        }
    }

    @Override
    public Done run(Cpu cpu) {
        MemoryServices memory = new MemoryServices(new EventServices(Order.EDK2, List.of()));
        options.on.acceptAll(cpu, pages);
        memory.add(cpu, new AddMemory(1, pages - 1, EfiMemoryType.CONVENTIONAL));
        IoMmuProtocol protocol = new IoMmuProtocol(
                options.on,
                memory,
                new IoMmuChoices(
                        options.zeroes,
                        options.copiesFirst,
                        true,
                        options.wipesFirst,
                        Stash.IN_ALLOCATE_BUFFER,
                        options.decryptsInPlace,
                        MapInfos.RECYCLED,
                        !options.attributeFails),
                options.layout());
        protocol.createPool(cpu);
        long host = page(cpu, protocol);
        if (options.staleSecret) {
            leaveSecret(cpu, memory);
        }
        if (options.attributeFails) {
            return withoutAttribute(cpu, protocol, host);
        }
        Mapped mapped = protocol.map(cpu, options.operation.ordinal(), host, (int) Geometry.SMALL, true);
        if (mapped.status().isError()) {
            throw new Panic("Map: %s".formatted(mapped.status().worded()));
        }
        if (options.staleSecret) {
            cpu.ask(new Signals.Signal(HandOverFirmware.HANDED_OVER));
        }
        if (options.parses == Parses.WHILE_MAPPED) {
            parse(cpu, mapped.device(), Mapping.SHARED);
        }
        protocol.unmap(cpu, mapped.mapping());
        if (options.parses == Parses.AFTER_UNMAP) {
            parse(cpu, host, Mapping.PRIVATE);
        }
        cpu.ask(new Signals.Signal(HandOverFirmware.HANDED_OVER));
        return Done.DONE;
    }

    private long page(Cpu cpu, IoMmuProtocol protocol) {
        boolean common = options.operation.isCommon();
        int type = EfiMemoryType.BOOT_SERVICES_DATA.ordinal();
        long host = common
                ? protocol.allocateBuffer(cpu, type, 1, 0, true).host()
                : protocol.memory()
                        .allocate(cpu, AllocatePages.any(EfiMemoryType.BOOT_SERVICES_DATA, 1))
                        .address();
        if (host == 0) {
            throw new Panic("the machine has too little memory for a buffer");
        }
        store(cpu, host, common && options.pool ? Mapping.SHARED : Mapping.PRIVATE, options.content());
        return host;
    }

    /** Somebody had a secret in the page that is free next, and did not wipe it. */
    private static void leaveSecret(Cpu cpu, MemoryServices memory) {
        long page = memory.allocate(cpu, AllocatePages.any(EfiMemoryType.BOOT_SERVICES_DATA, 1)).address();
        store(cpu, page, Mapping.PRIVATE, Value.DATA);
        memory.free(cpu, page, 1);
    }

    private static void store(Cpu cpu, long gpa, Mapping mapping, Value value) {
        if (cpu.ask(new Store(gpa, mapping, value)) != Stored.STORED) {
            throw new Panic("the firmware stops at a fault in a store to GPA 0x%X".formatted(gpa));
        }
    }

    /** The driver hears that it has no mapping. */
    private Done withoutAttribute(Cpu cpu, IoMmuProtocol protocol, long host) {
        PciIo pci = new PciIo(new RootBridge(true, protocol, true), options.operation.is64(), options.undoes);
        int operation = options.operation.ordinal() % PciIo.OPERATIONS;
        if (!pci.map(cpu, operation, host, (int) Geometry.SMALL, true).status().isError()) {
            throw new Panic("SetAttribute of this IOMMU driver succeeds");
        }
        cpu.ask(new Judge(Property.ACCOUNTING, cpu.ask(new Newest()) == 0));
        return Done.DONE;
    }

    /** The driver checks what is there, and then uses it. */
    private static void parse(Cpu cpu, long gpa, Mapping mapping) {
        Loaded checked = cpu.ask(new Load(gpa, mapping));
        Loaded used = cpu.ask(new Load(gpa, mapping));
        cpu.ask(new Judge(Property.INTEGRITY, checked == used));
    }
}
