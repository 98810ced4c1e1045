package org.ringfence.machine.memory;

import org.ringfence.machine.operation.Faulting;

/**
 * What software gets from a load: the page's contents as one of the {@link Value}s, junk, or a fault it handles itself.
 */
public enum Loaded implements Faulting {
    ZERO,
    HOST,
    LAUNCH,
    DATA,
    NEWER,
    INNER,
    /** Contents that make no sense under the reader's key. */
    JUNK,
    /** TDX: a virtualization exception (#VE, vector 20) was raised in the guest. */
    VIRTUALIZATION_EXCEPTION,
    /** SEV-SNP: a #VC (vector 29) with exit code 0x404, PAGE_NOT_VALIDATED, was raised in the guest. */
    PAGE_NOT_VALIDATED,
    /** Arm CCA: a synchronous external abort (SEA) was taken in the guest. */
    SYNCHRONOUS_EXTERNAL_ABORT;

    /** The code of a load that found {@code value}, an ordinal of {@link Value} or {@link Memory#JUNK}. */
    public static int code(int value) {
        return value == Memory.JUNK ? JUNK.ordinal() : value;
    }

    /** Whether this is contents and no fault. */
    public boolean isContents() {
        return ordinal() <= JUNK.ordinal();
    }

    @Override
    public boolean isFault() {
        return !isContents();
    }
}
