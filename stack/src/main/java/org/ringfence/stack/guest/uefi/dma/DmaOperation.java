package org.ringfence.stack.guest.uefi.dma;

import java.util.Arrays;
import java.util.Optional;

/**
 * For what a buffer is mapped, as the IOMMU protocol and the root bridge number it: their ordinals. Read is the
 * device's: it reads memory. Source: edk2, MdeModulePkg/Include/Protocol/IoMmu.h.
 */
public enum DmaOperation {
    READ,
    WRITE,
    COMMON_BUFFER,
    READ64,
    WRITE64,
    COMMON_BUFFER64;

    /** EDKII_IOMMU_ACCESS_READ. */
    public static final int ACCESS_READ = 1;
    /** EDKII_IOMMU_ACCESS_WRITE. */
    public static final int ACCESS_WRITE = 2;

    private static final int KINDS = 3;

    /** The operation of this number. */
    public static Optional<DmaOperation> of(int number) {
        return Arrays.stream(values()).filter(operation -> operation.ordinal() == number).findFirst();
    }

    /** Whether the device reaches all of memory. */
    public boolean is64() {
        return ordinal() >= KINDS;
    }

    /** Whether device and CPU use one buffer for long. */
    public boolean isCommon() {
        return ordinal() % KINDS == COMMON_BUFFER.ordinal();
    }

    /** Whether the device reads what is copied there when it is mapped. */
    public boolean isRead() {
        return ordinal() % KINDS == READ.ordinal();
    }

    /** Whether what the device has written is copied back when it is unmapped. */
    public boolean isWrite() {
        return ordinal() % KINDS == WRITE.ordinal();
    }

    /** The access bits of such a mapping. */
    public int access() {
        return (isWrite() ? 0 : ACCESS_READ) | (isRead() ? 0 : ACCESS_WRITE);
    }
}
