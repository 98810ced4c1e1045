package org.ringfence.stack.guest.uefi.dma;

/**
 * What was argued about.
 *
 * @param zeroes whether Unmap wipes a bounce buffer
 * @param copiesFirst whether Unmap copies what the device wrote before it makes the buffer private again; today's
 *     driver does, and so must everyone whose hardware does not keep contents
 * @param marksSlots whether a slot of the pool that is taken is marked so; with the masks that edk2 had for its large
 *     classes before e27cfda33b it was not, and the next request got it again
 * @param wipesFirst whether it wipes a bounce buffer before it makes it private, not after
 * @param stash who allocates the stash of a common buffer
 * @param decryptsInPlace whether Map decrypts what a bounce buffer held before; edk2 changes the C-bit alone
 * @param infos where it remembers mappings
 * @param knowsAttributes whether SetAttribute checks what it is asked; before 97c3f5b8d2 it answered EFI_UNSUPPORTED
 */
public record IoMmuChoices(
        boolean zeroes, boolean copiesFirst, boolean marksSlots, boolean wipesFirst, Stash stash,
        boolean decryptsInPlace,
        MapInfos infos,
        boolean knowsAttributes) {
    /** edk2's of today, but for what it remembers, which is beside the map of memory. */
    public static final IoMmuChoices EDK2 =
            new IoMmuChoices(true, true, true, false, Stash.IN_ALLOCATE_BUFFER, false, MapInfos.RECYCLED, true);
}
