package org.ringfence.machine.memory;

import org.ringfence.machine.operation.Faulting;

/** How an access ended that tells the software nothing of what is in the page. */
public enum Touched implements Faulting {
    /** It is done. */
    DONE,
    /** TDX: a virtualization exception (#VE, vector 20) was raised in the guest. */
    VIRTUALIZATION_EXCEPTION,
    /** SEV-SNP: a #VC (vector 29) with exit code 0x404, PAGE_NOT_VALIDATED, was raised in the guest. */
    PAGE_NOT_VALIDATED,
    /** Arm CCA: a synchronous external abort (SEA) was taken in the guest. */
    SYNCHRONOUS_EXTERNAL_ABORT;

    /** The code of an access that {@link GuestMemory#access} has refused. */
    public static long fault(long outcome) {
        if (outcome == GuestMemory.VIRTUALIZATION_EXCEPTION) {
            return VIRTUALIZATION_EXCEPTION.ordinal();
        }
        if (outcome == GuestMemory.SYNCHRONOUS_EXTERNAL_ABORT) {
            return SYNCHRONOUS_EXTERNAL_ABORT.ordinal();
        }
        return outcome == GuestMemory.PAGE_NOT_VALIDATED ? PAGE_NOT_VALIDATED.ordinal() : outcome;
    }

    @Override
    public boolean isFault() {
        return this != DONE;
    }
}
