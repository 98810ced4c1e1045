package org.ringfence.stack.guest.uefi.dma;

/**
 * What was argued about.
 *
 * @param zeroes whether Unmap wipes a bounce buffer
 * @param copiesFirst whether Unmap copies what the device wrote before it makes the buffer private again; today's
 *     driver does, and so must everyone whose hardware does not keep contents
 */
public record Choices(boolean zeroes, boolean copiesFirst) {
    /** edk2's of today. */
    public static final Choices EDK2 = new Choices(true, true);
}
