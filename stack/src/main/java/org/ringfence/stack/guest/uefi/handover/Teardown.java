package org.ringfence.stack.guest.uefi.handover;

/** When the IOMMU driver undoes the mappings that are live. */
public enum Teardown {
    /** In its handler. */
    FIRST_HANDLER,
    /** In the function of a private event that its handler signals: edk2's way. */
    SECOND_EVENT,
    /** When the core has run every handler. */
    CORE_HOOK,
    /** Never: it leaves them to the operating system. */
    LEFT,
    /**
     * It undoes them in a second event, and then opens all memory to devices, as an IOMMU driver does that turns
     * translation off: here by decrypting in place.
     */
    OPENS_ALL
}
