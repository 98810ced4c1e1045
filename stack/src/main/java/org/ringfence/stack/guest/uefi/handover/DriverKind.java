package org.ringfence.stack.guest.uefi.handover;

/** What a driver does at ExitBootServices. */
public enum DriverKind {
    /** Its handler halts the device, and leaves the mapping to the IOMMU driver: as edk2 wants it. */
    HALTS,
    /** Its handler does nothing about the device. */
    LAZY,
    /** Its handler unmaps the buffer, and halts the device afterwards. */
    UNMAPS_EARLY,
    /** Its handler halts the device, and then unmaps the buffer, which frees memory. */
    HALTS_AND_UNMAPS,
    /** Its handler signals an event of its own, whose function halts the device: it wants to be last, too. */
    SECOND_EVENT,
    /** An option ROM that follows the specification and nothing else: it has no handler. */
    OPTION_ROM,
    /** Its handler halts the device, and allocates memory to write down that it ran. */
    TRACES;

    /** Whether it has a handler. */
    public boolean hasHandler() {
        return this != OPTION_ROM;
    }
}
