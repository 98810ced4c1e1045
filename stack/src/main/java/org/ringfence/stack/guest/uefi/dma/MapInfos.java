package org.ringfence.stack.guest.uefi.dma;

import org.ringfence.machine.vocabulary.Meaning;

/** Where the IOMMU driver has what it remembers of a mapping. Source: edk2, OvmfPkg/IoMmuDxe/CcIoMmu.c (MAP_INFO). */
public enum MapInfos {
    @Meaning("Beside the map of memory, as if a recycled one were always at hand (edk2, d0c9afea42, in August 2017).")
    RECYCLED,
    @Meaning("In pool, allocated by Map and freed by Unmap unless boot services end: edk2's way since September 2017.")
    IN_POOL;

    /** Bytes of a MAP_INFO. */
    static final int BYTES = 72;
}
