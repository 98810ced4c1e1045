package org.ringfence.stack.guest.igvm;

/**
 * The version of the format, with the architecture that version 2 names. Version 2 is marked unstable in the
 * definitions.
 */
public enum Revision {
    V1(1, 0x18, 0),
    V2_X64(2, 0x20, 0),
    V2_AARCH64(2, 0x20, 1);

    private final int formatVersion;
    private final int fixedHeaderSize;
    private final int architecture;

    Revision(int formatVersion, int fixedHeaderSize, int architecture) {
        this.formatVersion = formatVersion;
        this.fixedHeaderSize = fixedHeaderSize;
        this.architecture = architecture;
    }

    /** {@code IGVM_FORMAT_VERSION_n}. */
    public int formatVersion() {
        return formatVersion;
    }

    /** Bytes of the fixed header. */
    public int fixedHeaderSize() {
        return fixedHeaderSize;
    }

    /** {@code IgvmArchitecture}: 0 X64, 1 AARCH64. */
    public int architecture() {
        return architecture;
    }
}
