package org.ringfence.stack.guest.uefi.handover;

/** At which level the drivers' handlers are. The IOMMU driver's is at TPL_CALLBACK. */
public enum Levels {
    CALLBACK,
    NOTIFY,
    /** Each at either. */
    ANY
}
