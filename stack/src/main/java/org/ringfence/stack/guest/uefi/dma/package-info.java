/**
 * DMA buffers under memory encryption: what a driver asks of PciIo, and PciIo of its root bridge; OVMF's IOMMU
 * protocol, its reserved pool, and how it is torn down at ExitBootServices. Source: edk2, OvmfPkg/IoMmuDxe;
 * MdeModulePkg/Include/Protocol/IoMmu.h.
 */
@NullMarked
package org.ringfence.stack.guest.uefi.dma;

import org.jspecify.annotations.NullMarked;
