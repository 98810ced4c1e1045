package org.ringfence.stack.guest.uefi.handover;

import org.ringfence.machine.vocabulary.Meaning;

/** When the IOMMU driver undoes the mappings that are live. */
public enum Teardown {
    @Meaning("In its handler.")
    FIRST_HANDLER,
    @Meaning("In the function of a private event that its handler signals: edk2's way.")
    SECOND_EVENT,
    @Meaning("When the core has run every handler.")
    CORE_HOOK,
    @Meaning("Never: it leaves them to the operating system.")
    LEFT,
    @Meaning("It undoes them in a second event, and then opens all memory to devices, as an IOMMU driver does "
            + "that turns translation off: here by decrypting in place.")
    OPENS_ALL
}
