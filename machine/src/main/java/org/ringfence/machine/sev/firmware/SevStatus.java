package org.ringfence.machine.sev.firmware;

import java.util.Arrays;

/**
 * What the SEV firmware answers a command, with its number in the mailbox. Source: SEV firmware; the numbers are those
 * of Linux, {@code include/uapi/linux/psp-sev.h}, except that INVALID_PAGE_SIZE and what follows it are the firmware's
 * own, which older versions of that header count on from 0x28.
 */
public enum SevStatus {
    SUCCESS(0x0),
    INVALID_PLATFORM_STATE(0x1),
    INVALID_GUEST_STATE(0x2),
    INVALID_CONFIG(0x3),
    INVALID_LENGTH(0x4),
    POLICY_FAILURE(0x7),
    INACTIVE(0x8),
    INVALID_ADDRESS(0x9),
    BAD_MEASUREMENT(0xB),
    ASID_OWNED(0xC),
    INVALID_ASID(0xD),
    WBINVD_REQUIRED(0xE),
    DF_FLUSH_REQUIRED(0xF),
    INVALID_GUEST(0x10),
    ACTIVE(0x12),
    INVALID_PARAM(0x16),
    RESOURCE_LIMIT(0x17),
    INVALID_PAGE_SIZE(0x19),
    INVALID_PAGE_STATE(0x1A),
    INVALID_MDATA_ENTRY(0x1B),
    INVALID_PAGE_OWNER(0x1C),
    AEAD_OFLOW(0x1D),
    RMP_INIT_REQUIRED(0x20),
    RMP_INITIALIZATION_FAILED(0x26);

    private final int number;

    SevStatus(int number) {
        this.number = number;
    }

    /** The number in the mailbox. */
    public int number() {
        return number;
    }

    /** The status with this number. */
    public static SevStatus of(int number) {
        return Arrays.stream(values())
                .filter(status -> status.number == number)
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "no command here answers 0x%X; SUCCESS is 0x0".formatted(number)));
    }

    @Override
    public String toString() {
        return "%s (0x%X)".formatted(name(), number);
    }
}
