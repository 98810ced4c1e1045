package org.ringfence.stack.guest.uefi.handover;

import org.ringfence.machine.vocabulary.Meaning;

/** In which order drivers and the IOMMU driver create their events. */
public enum Registration {
    @Meaning("The IOMMU driver first, which edk2 notifies last.")
    IOMMU_FIRST,
    @Meaning("The IOMMU driver last, which edk2 notifies first.")
    IOMMU_LAST,
    @Meaning("Every order.")
    ANY
}
