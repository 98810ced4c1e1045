package org.ringfence.stack.guest.uefi.dma;

import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.GuestMemory.Mapping;
import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Panic;
import org.ringfence.stack.guest.uefi.EfiStatus;
import org.ringfence.stack.guest.uefi.dma.IoMmuOperation.Insert;
import org.ringfence.stack.guest.uefi.dma.IoMmuOperation.IsMapping;
import org.ringfence.stack.guest.uefi.dma.IoMmuOperation.Purpose;
import org.ringfence.stack.guest.uefi.dma.IoMmuOperation.ReadPages;
import org.ringfence.stack.guest.uefi.dma.IoMmuOperation.ReadPurpose;
import org.ringfence.stack.guest.uefi.dma.IoMmuOperation.Remove;
import org.ringfence.stack.guest.uefi.dma.IoMmuOperation.Two;
import org.ringfence.stack.guest.uefi.dma.IoMmuProtocol.Buffer;
import org.ringfence.stack.guest.uefi.dma.IoMmuProtocol.Mapped;
import org.ringfence.stack.guest.uefi.memory.EfiMemoryType;
import org.ringfence.stack.guest.uefi.memory.MemoryOperation.AllocatePages;
import org.ringfence.stack.guest.uefi.memory.MemoryOperation.Allocated;

/**
 * The DMA services of a PCI root bridge. With an IOMMU driver it hands everything on, but for 64-bit forms where DMA
 * above 4 GiB is not for this bridge. Without one it maps memory as it is, and bounces what ends above 4 GiB and must
 * not. Source: edk2, MdeModulePkg/Bus/Pci/PciHostBridgeDxe/PciRootBridgeIo.c (RootBridgeIoMap, RootBridgeIoUnmap,
 * RootBridgeIoAllocateBuffer, RootBridgeIoFreeBuffer).
 *
 * @param hasIoMmu whether an IOMMU driver has installed its protocol
 * @param protocol of the IOMMU driver; without one, its memory services and its list of mappings are the bridge's
 * @param dmaAbove4G whether DMA above 4 GiB is allowed
 */
public record RootBridge(boolean hasIoMmu, IoMmuProtocol protocol, boolean dmaAbove4G) {

    /** The mapping of what is mapped as it is: NO_MAPPING. */
    public static final int NO_MAPPING = -1;

    private static final int FORMS_64 = DmaOperation.READ64.ordinal();

    /**
     * Map.
     *
     * @param operation its number
     * @param asks whether the caller gives every pointer
     */
    public Mapped map(Cpu cpu, int operation, long host, int bytes, boolean asks) {
        if (!asks || operation < 0 || operation >= DmaOperation.values().length) {
            return Mapped.failed(EfiStatus.EFI_INVALID_PARAMETER, bytes);
        }
        if (hasIoMmu) {
            int handed = !dmaAbove4G && operation >= FORMS_64 ? operation - FORMS_64 : operation;
            return protocol.map(cpu, handed, host, bytes, true);
        }
        DmaOperation known = DmaOperation.of(operation).orElseThrow();
        boolean reachesAll = dmaAbove4G && known.is64();
        if (reachesAll || host + bytes <= IoMmuProtocol.FOUR_GIB) {
            return new Mapped(EfiStatus.EFI_SUCCESS, host, NO_MAPPING, bytes);
        }
        return known.isCommon() ? Mapped.failed(EfiStatus.EFI_UNSUPPORTED, bytes) : bounce(cpu, known, host, bytes);
    }

    private Mapped bounce(Cpu cpu, DmaOperation operation, long host, int bytes) {
        int pages = IoMmuProtocol.pagesOf(bytes);
        Allocated buffer = protocol.memory()
                .allocate(
                        cpu,
                        AllocatePages.below(EfiMemoryType.BOOT_SERVICES_DATA, pages, IoMmuProtocol.FOUR_GIB - 1));
        if (buffer.status().isError()) {
            return Mapped.failed(buffer.status(), 0);
        }
        int own = (int) (host / Geometry.SMALL);
        int plain = (int) (buffer.address() / Geometry.SMALL);
        if (operation.isRead()) {
            protocol.copy(cpu, own, Mapping.PRIVATE, plain, Mapping.PRIVATE, pages);
        }
        int mapping = cpu.ask(new Insert(operation, bytes, own, plain, 0));
        if (mapping == 0) {
            throw new Panic("the machine has no room for another mapping");
        }
        return new Mapped(EfiStatus.EFI_SUCCESS, buffer.address(), mapping, bytes);
    }

    /** Unmap. Without an IOMMU driver it looks whether there is such a mapping. */
    public EfiStatus unmap(Cpu cpu, int mapping) {
        if (hasIoMmu) {
            return protocol.unmap(cpu, mapping);
        }
        if (mapping == NO_MAPPING) {
            return EfiStatus.EFI_SUCCESS;
        }
        if (!cpu.ask(new IsMapping(mapping))) {
            return EfiStatus.EFI_INVALID_PARAMETER;
        }
        Purpose purpose = cpu.ask(new ReadPurpose(mapping));
        Two at = cpu.ask(new ReadPages(mapping));
        cpu.ask(new Remove(mapping));
        int pages = IoMmuProtocol.pagesOf(purpose.bytes());
        if (purpose.operation().isWrite()) {
            protocol.copy(cpu, at.plain(), Mapping.PRIVATE, at.crypted(), Mapping.PRIVATE, pages);
        }
        protocol.memory().free(cpu, IoMmuProtocol.gpa(at.plain()), pages);
        return EfiStatus.EFI_SUCCESS;
    }

    /**
     * AllocateBuffer.
     *
     * @param type the number of a type of memory
     * @param asks whether the caller gives a pointer for the address
     */
    public Buffer allocateBuffer(Cpu cpu, int type, int pages, long attributes, boolean asks) {
        EfiStatus status = IoMmuProtocol.checkBuffer(type, attributes, asks);
        if (status.isError()) {
            return new Buffer(status, 0);
        }
        long kept = dmaAbove4G ? attributes : attributes & ~IoMmuProtocol.DUAL_ADDRESS_CYCLE;
        if (hasIoMmu) {
            return protocol.allocateBuffer(cpu, type, pages, kept, true);
        }
        EfiMemoryType kind = EfiMemoryType.of(type).orElseThrow();
        boolean reachesAll = (kept & IoMmuProtocol.DUAL_ADDRESS_CYCLE) != 0;
        Allocated buffer = protocol.memory()
                .allocate(
                        cpu,
                        reachesAll
                                ? AllocatePages.any(kind, pages)
                                : AllocatePages.below(kind, pages, IoMmuProtocol.FOUR_GIB - 1));
        return new Buffer(buffer.status(), buffer.address());
    }

    /** FreeBuffer, of a buffer of so many pages. */
    public EfiStatus freeBuffer(Cpu cpu, int pages, long host) {
        return hasIoMmu ? protocol.freeBuffer(cpu, pages, host) : protocol.memory().free(cpu, host, pages);
    }
}
