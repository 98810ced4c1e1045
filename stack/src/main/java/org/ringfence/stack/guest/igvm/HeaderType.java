package org.ringfence.stack.guest.igvm;

import java.util.Optional;
import java.util.stream.Stream;

/** {@code IgvmVariableHeaderType},. */
public enum HeaderType {
    SUPPORTED_PLATFORM(0x1, 16),
    GUEST_POLICY(0x101, 16),
    RELOCATABLE_REGION(0x102, 48),
    PAGE_TABLE_RELOCATION_REGION(0x103, 32),
    CORIM_DOCUMENT(0x104, 16),
    CORIM_SIGNATURE(0x105, 16),
    CCA_POLICY(0x106, 32),
    PARAMETER_AREA(0x301, 16),
    PAGE_DATA(0x302, 24),
    PARAMETER_INSERT(0x303, 16),
    VP_CONTEXT(0x304, 20),
    REQUIRED_MEMORY(0x305, 24),
    VP_COUNT_PARAMETER(0x307, 8),
    SRAT(0x308, 8),
    MADT(0x309, 8),
    MMIO_RANGES(0x30A, 8),
    SNP_ID_BLOCK(0x30B, 696),
    MEMORY_MAP(0x30C, 8),
    ERROR_RANGE(0x30D, 16),
    COMMAND_LINE(0x30E, 8),
    SLIT(0x30F, 8),
    PPTT(0x310, 8),
    VBS_MEASUREMENT(0x311, 864),
    DEVICE_TREE(0x312, 8),
    ENVIRONMENT_INFO_PARAMETER(0x313, 8);

    /** {@code IGVM_VHT_OPTIONAL_BIT}: who does not know the type may leave the header out. */
    public static final int OPTIONAL_BIT = 1 << 31;

    /** In which order headers come; none of an earlier section may follow one of a later. */
    enum Section {
        PLATFORM,
        INITIALIZATION,
        DIRECTIVE
    }

    private final int code;
    private final int length;

    HeaderType(int code, int length) {
        this.code = code;
        this.length = length;
    }

    /** The number in a file, without the optional bit. */
    public int code() {
        return code;
    }

    /** Bytes of the structure, without type, length and padding. */
    public int length() {
        return length;
    }

    static Optional<HeaderType> of(int code) {
        return Stream.of(values()).filter(type -> type.code == code).findFirst();
    }

    /** The section of a type, known or not: {@code IGVM_VHT_RANGE_…}. */
    static Optional<Section> section(int code) {
        if (code >= 0x1 && code <= 0x100) {
            return Optional.of(Section.PLATFORM);
        }
        if (code >= 0x101 && code <= 0x200) {
            return Optional.of(Section.INITIALIZATION);
        }
        return code >= 0x301 && code <= 0x400 ? Optional.of(Section.DIRECTIVE) : Optional.empty();
    }
}
