package org.ringfence.machine.snp.rmp;

import org.ringfence.machine.operation.Faulting;

/** How PVALIDATE ends for the guest: EAX and the carry flag, or a fault. */
public enum PvalidateResult implements Faulting {
    /** EAX 0, CF 0: the validated bit changed. */
    CHANGED(0, "EAX 0, CF 0"),
    /** EAX 0, CF 1: the entry had the value already. */
    UNCHANGED(0, "EAX 0, CF 1"),
    /** EAX 1: 2M of an address that is not 2M aligned. */
    FAIL_INPUT(1, "FAIL_INPUT, EAX 1"),
    /** EAX 6: 2M was asked for and the RMP entry or the nested mapping is 4K. */
    FAIL_SIZEMISMATCH(6, "FAIL_SIZEMISMATCH, EAX 6"),
    /** #GP(0): not executed at VMPL0 of a guest. */
    GENERAL_PROTECTION(-1, "#GP(0)");

    private final int eax;
    private final String printed;

    PvalidateResult(int eax, String printed) {
        this.eax = eax;
        this.printed = printed;
    }

    /** The number in EAX; -1 where a fault left none. */
    public int eax() {
        return eax;
    }

    /** Whether EAX is 0, whatever the carry flag says. */
    public boolean isSuccess() {
        return eax == 0;
    }

    @Override
    public String toString() {
        return printed;
    }

    @Override
    public boolean isFault() {
        return this == GENERAL_PROTECTION;
    }
}
