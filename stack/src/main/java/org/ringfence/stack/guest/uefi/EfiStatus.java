package org.ringfence.stack.guest.uefi;

import org.ringfence.machine.operation.Worded;

/**
 * What a service of the firmware returns. An error has bit 63 of a 64-bit number set. Source: UEFI 2.10, appendix D;
 * edk2, MdePkg/Include/Base.h.
 */
public enum EfiStatus implements Worded {
    EFI_SUCCESS(0),
    EFI_INVALID_PARAMETER(2),
    EFI_UNSUPPORTED(3),
    EFI_BUFFER_TOO_SMALL(5),
    EFI_NOT_READY(6),
    EFI_DEVICE_ERROR(7),
    EFI_OUT_OF_RESOURCES(9),
    EFI_NOT_FOUND(14),
    EFI_ACCESS_DENIED(15),
    EFI_NO_MAPPING(17),
    EFI_ABORTED(21);

    private static final long ERROR = 0x8000_0000_0000_0000L;
    private static final EfiStatus[] ALL = values();

    private final int code;

    EfiStatus(int code) {
        this.code = code;
    }

    /** The number that software sees. */
    public long number() {
        return code == 0 ? 0 : ERROR | code;
    }

    /** Whether it is an error. */
    public boolean isError() {
        return code != 0;
    }

    /** The status with this ordinal. */
    public static EfiStatus of(int ordinal) {
        return ALL[ordinal];
    }

    @Override
    public String worded() {
        return isError() ? "%s (0x%016X)".formatted(name(), number()) : name();
    }
}
