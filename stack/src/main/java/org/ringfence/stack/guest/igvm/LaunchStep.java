package org.ringfence.stack.guest.igvm;

import org.ringfence.stack.guest.igvm.IgvmHeader.PageDataType;

/** One thing that a host does to launch a guest, in order. Addresses are guest physical, sizes in bytes. */
public sealed interface LaunchStep {

    /**
     * Makes sure that there is memory.
     *
     * @param makes whether the host gives the guest memory there that its map does not have
     */
    record RequireMemory(long gpa, long size, boolean makes) implements LaunchStep {}

    /**
     * Loads a page.
     *
     * @param size 4K or 2M
     * @param contents the whole page, or none for zeroes
     */
    record LoadPage(long gpa, int size, PageDataType dataType, boolean measured, boolean shared, Contents contents)
            implements
                LaunchStep {}

    /** Loads the pages of a parameter area, unmeasured. */
    record LoadParameters(long gpa, Contents contents) implements LaunchStep {}

    /**
     * Makes the state that a processor starts with.
     *
     * @param gpa of the VMSA page; 0 where the state is no page of the guest
     */
    record StartVp(int vpIndex, long gpa, Contents context) implements LaunchStep {}

    /** Shares pages for errors. */
    record ShareRange(long gpa, long size) implements LaunchStep {}
}
