package org.ringfence.stack.guest.uefi.dma;

import org.ringfence.machine.operation.Cpu;
import org.ringfence.stack.guest.uefi.EfiStatus;
import org.ringfence.stack.guest.uefi.dma.IoMmuProtocol.Buffer;
import org.ringfence.stack.guest.uefi.dma.IoMmuProtocol.Mapped;

/**
 * The DMA services that a device's driver has. It asks the root bridge, in the 64-bit forms where the driver has
 * enabled EFI_PCI_IO_ATTRIBUTE_DUAL_ADDRESS_CYCLE, and then the IOMMU driver to let the device do what it was mapped
 * for. Where that fails, the driver hears of the error, and the mapping stays, which only the driver could undo.
 * Source: edk2, MdeModulePkg/Bus/Pci/PciBusDxe/PciIo.c (PciIoMap, PciIoUnmap, PciIoAllocateBuffer, PciIoFreeBuffer).
 *
 * @param dualAddressCycle whether the attribute is enabled for the device
 * @param undoes whether Map unmaps what it could not let the device reach; edk2's does not
 */
public record PciIo(RootBridge bridge, boolean dualAddressCycle, boolean undoes) {

    /** EfiPciIoOperationMaximum: it has no 64-bit forms of its own. */
    public static final int OPERATIONS = DmaOperation.READ64.ordinal();

    /** edk2's, for a device with or without the attribute. */
    public static PciIo edk2(RootBridge bridge, boolean dualAddressCycle) {
        return new PciIo(bridge, dualAddressCycle, false);
    }

    /**
     * Map. An error of SetAttribute comes with address and mapping.
     *
     * @param operation its number
     * @param asks whether the caller gives every pointer
     */
    public Mapped map(Cpu cpu, int operation, long host, int bytes, boolean asks) {
        if (operation < 0 || operation >= OPERATIONS || !asks) {
            return Mapped.failed(EfiStatus.EFI_INVALID_PARAMETER, bytes);
        }
        int handed = dualAddressCycle ? operation + OPERATIONS : operation;
        Mapped mapped = bridge.map(cpu, handed, host, bytes, true);
        if (mapped.status().isError() || !bridge.hasIoMmu()) {
            return mapped;
        }
        int access = DmaOperation.of(operation).orElseThrow().access();
        EfiStatus status = bridge.protocol().setAttribute(cpu, mapped.mapping(), access);
        if (status.isError() && undoes) {
            bridge.unmap(cpu, mapped.mapping());
        }
        return new Mapped(status, mapped.device(), mapped.mapping(), mapped.bytes());
    }

    /** Unmap. What SetAttribute answers is of no account. */
    public EfiStatus unmap(Cpu cpu, int mapping) {
        if (bridge.hasIoMmu()) {
            bridge.protocol().setAttribute(cpu, mapping, 0);
        }
        return bridge.unmap(cpu, mapping);
    }

    /**
     * AllocateBuffer. A driver does not ask for memory above 4 GiB here: the attribute of the device does.
     *
     * @param type the number of a type of memory
     * @param asks whether the caller gives a pointer for the address
     */
    public Buffer allocateBuffer(Cpu cpu, int type, int pages, long attributes, boolean asks) {
        if ((attributes & ~(IoMmuProtocol.WRITE_COMBINE | IoMmuProtocol.CACHED)) != 0) {
            return new Buffer(EfiStatus.EFI_UNSUPPORTED, 0);
        }
        long handed = dualAddressCycle ? attributes | IoMmuProtocol.DUAL_ADDRESS_CYCLE : attributes;
        return bridge.allocateBuffer(cpu, type, pages, handed, asks);
    }

    /** FreeBuffer, of a buffer of so many pages. */
    public EfiStatus freeBuffer(Cpu cpu, int pages, long host) {
        return bridge.freeBuffer(cpu, pages, host);
    }
}
