package org.ringfence.stack.guest.uefi.handover;

import org.ringfence.machine.vocabulary.Meaning;

/** What a driver does at ExitBootServices. */
public enum DriverKind {
    @Meaning("Its handler halts the device, and leaves the mapping to the IOMMU driver: as edk2 wants it.")
    HALTS,
    @Meaning("Its handler does nothing about the device.")
    LAZY,
    @Meaning("Its handler unmaps the buffer, and halts the device afterwards.")
    UNMAPS_EARLY,
    @Meaning("Its handler halts the device, and then unmaps the buffer, which frees memory.")
    HALTS_AND_UNMAPS,
    @Meaning("Its handler signals an event of its own, whose function halts the device: it wants to be last, too.")
    SECOND_EVENT,
    @Meaning("An option ROM that follows the specification and nothing else: it has no handler.")
    OPTION_ROM,
    @Meaning("Its handler halts the device, and allocates memory to write down that it ran.")
    TRACES;

    /** Whether it has a handler. */
    public boolean hasHandler() {
        return this != OPTION_ROM;
    }
}
