package org.ringfence.machine.snp.rmp;

import org.ringfence.machine.operation.Faulting;

/** How RMPADJUST ends for the guest: EAX, or a #VC. */
public enum RmpadjustResult implements Faulting {
    /** EAX 0: the target VMPL's permissions were replaced. */
    SUCCESS(0, "SUCCESS, EAX 0"),
    /** EAX 1: 2M of an address that is not 2M aligned, a VMPL above 3, or reserved bits. */
    FAIL_INPUT(1, "FAIL_INPUT, EAX 1"),
    /** EAX 2: the target VMPL is not below the caller's, or would get what the caller lacks. */
    FAIL_PERMISSION(2, "FAIL_PERMISSION, EAX 2"),
    /** EAX 6: 2M was asked for and the RMP entry is 4K. */
    FAIL_SIZEMISMATCH(6, "FAIL_SIZEMISMATCH, EAX 6"),
    /** #VC with exit code 0x404: the page is not validated. */
    PAGE_NOT_VALIDATED(-1, "#VC 0x404 PAGE_NOT_VALIDATED");

    private final int eax;
    private final String printed;

    RmpadjustResult(int eax, String printed) {
        this.eax = eax;
        this.printed = printed;
    }

    /** The number in EAX; -1 where a fault left none. */
    public int eax() {
        return eax;
    }

    @Override
    public String toString() {
        return printed;
    }

    @Override
    public boolean isFault() {
        return this == PAGE_NOT_VALIDATED;
    }
}
