package org.ringfence.stack.guest.uefi.handover;

/** In which order drivers and the IOMMU driver create their events. */
public enum Registration {
    /** The IOMMU driver first, which edk2 notifies last. */
    IOMMU_FIRST,
    /** The IOMMU driver last, which edk2 notifies first. */
    IOMMU_LAST,
    /** Every order. */
    ANY
}
