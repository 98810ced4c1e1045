package org.ringfence.stack.guest.igvm;

import java.util.Optional;
import java.util.stream.Stream;

/** {@code IgvmPlatformType}: by which isolation a platform runs the guest. Every one is of platform version 1. */
public enum PlatformType {
    NATIVE,
    VSM_ISOLATION,
    SEV_SNP,
    TDX,
    SEV,
    SEV_ES,
    CCA;

    /** {@code IGVM_…_PLATFORM_VERSION}. */
    public static final int VERSION = 1;

    /** The number in a file. */
    public int code() {
        return ordinal();
    }

    /** Whether a shared GPA boundary may be other than 0. */
    boolean mayHaveSharedBoundary() {
        return this != NATIVE && this != VSM_ISOLATION;
    }

    /** Whether it runs on files of this revision: Arm CCA on AArch64, VSM on both, the others on X64. */
    boolean runsOn(Revision revision) {
        boolean arm = revision == Revision.V2_AARCH64;
        return this == VSM_ISOLATION || (this == CCA) == arm;
    }

    static Optional<PlatformType> of(int code) {
        return Stream.of(values()).filter(type -> type.code() == code).findFirst();
    }
}
