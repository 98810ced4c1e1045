package org.ringfence.stack.guest.svsm;

import org.ringfence.machine.snp.rmp.PvalidateResult;
import org.ringfence.machine.snp.rmp.RmpadjustResult;

/**
 * What the monitor leaves in RAX. Sources: COCONUT-SVSM, kernel/src/protocols/errors.rs; the codes are the SVSM
 * specification's (AMD publication 58019).
 */
public enum SvsmResult {
    SUCCESS(0),
    /** Some entries were done; call again. No handler here answers it. */
    INCOMPLETE(0x8000_0000),
    UNSUPPORTED_PROTOCOL(0x8000_0001),
    UNSUPPORTED_CALL(0x8000_0002),
    INVALID_ADDRESS(0x8000_0003),
    INVALID_FORMAT(0x8000_0004),
    INVALID_PARAMETER(0x8000_0005),
    INVALID_REQUEST(0x8000_0006),
    BUSY(0x8000_0007),
    /** PVALIDATE or RMPADJUST: FAIL_INPUT. */
    FAIL_INPUT(0x8000_1001),
    /** FAIL_PERMISSION. */
    FAIL_PERMISSION(0x8000_1002),
    /** FAIL_SIZEMISMATCH. */
    FAIL_SIZEMISMATCH(0x8000_1006),
    /** The carry flag: the entry had the requested value. */
    FAIL_UNCHANGED(0x8000_1010);

    private final int rax;

    SvsmResult(int rax) {
        this.rax = rax;
    }

    /** The number, zero-extended. */
    public long rax() {
        return Integer.toUnsignedLong(rax);
    }

    static SvsmResult of(PvalidateResult result) {
        return switch (result) {
            case CHANGED -> SUCCESS;
            case UNCHANGED -> FAIL_UNCHANGED;
            case FAIL_INPUT, GENERAL_PROTECTION -> FAIL_INPUT;
            case FAIL_SIZEMISMATCH -> FAIL_SIZEMISMATCH;
        };
    }

    /** Of a result other than the #VC of a page that is not validated. */
    static SvsmResult of(RmpadjustResult result) {
        return switch (result) {
            case SUCCESS -> SUCCESS;
            case FAIL_INPUT, PAGE_NOT_VALIDATED -> FAIL_INPUT;
            case FAIL_PERMISSION -> FAIL_PERMISSION;
            case FAIL_SIZEMISMATCH -> FAIL_SIZEMISMATCH;
        };
    }

    @Override
    public String toString() {
        return "%s, 0x%X".formatted(name(), rax());
    }
}
