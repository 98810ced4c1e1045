package org.ringfence.machine.memory;

import org.ringfence.machine.operation.Faulting;

/** How a store ended for the software that asked for it. */
public enum Stored implements Faulting {
    /** The contents are there. */
    STORED,
    /** TDX: a virtualization exception (#VE, vector 20) was raised in the guest. */
    VIRTUALIZATION_EXCEPTION,
    /** SEV-SNP: a #VC (vector 29) with exit code 0x404, PAGE_NOT_VALIDATED, was raised in the guest. */
    PAGE_NOT_VALIDATED,
    /** Arm CCA: a synchronous external abort (SEA) was taken in the guest. */
    SYNCHRONOUS_EXTERNAL_ABORT;

    @Override
    public boolean isFault() {
        return this != STORED;
    }
}
