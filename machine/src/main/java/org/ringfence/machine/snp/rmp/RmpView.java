package org.ringfence.machine.snp.rmp;

import org.ringfence.machine.memory.Level;

/**
 * The architectural view of an RMP entry, 16 bytes: what RMPUPDATE takes and RMPREAD gives. Validated, VMSA,
 * permissions and lock are not part of it.
 *
 * <p>Bytes 0 to 7 are the GPA; byte 8 bit 0 assigned; byte 9 bit 0 the page size and, from RMPREAD, bit 1 the 2M region
 * status; byte 10 bit 0 immutable; byte 11 reserved; bytes 12 to 15 the ASID. Source: Linux,
 * {@code arch/x86/include/asm/sev.h}, and Microsoft's documentation of the intrinsics.
 *
 * @param gpa in bytes
 * @param regionStatus from RMPREAD: the entry is 4K, of a 2M-aligned frame, and another 4K frame of its 2M is assigned
 */
public record RmpView(long gpa, boolean assigned, Level size, boolean regionStatus, boolean immutable, int asid) {

    private static final long HIGH_RESERVED = 0xFE | 0xFC << 8 | 0xFE << 16 | 0xFFL << 24;

    /** From the two words of the structure; reserved bits are not looked at. */
    public static RmpView of(long low, long high) {
        return new RmpView(
                low,
                (high & 1) != 0,
                (high >>> 8 & 1) != 0 ? Level.SIZE_2M : Level.SIZE_4K,
                (high >>> 9 & 1) != 0,
                (high >>> 16 & 1) != 0,
                (int) (high >>> 32));
    }

    /** Whether the structure's second word has a reserved bit set. */
    public static boolean hasReserved(long high) {
        return (high & HIGH_RESERVED) != 0;
    }

    /** Bytes 0 to 7. */
    public long low() {
        return gpa;
    }

    /** Bytes 8 to 15. */
    public long high() {
        return (assigned ? 1 : 0)
                | (size == Level.SIZE_2M ? 1L << 8 : 0)
                | (regionStatus ? 1L << 9 : 0)
                | (immutable ? 1L << 16 : 0)
                | (long) asid << 32;
    }

    /** Both words in one number: GPA in bits 50:12, ASID in 60:51, the flags in 3:0. */
    long packed() {
        return gpa
                | (long) asid << 51
                | (assigned ? 1 : 0)
                | (size == Level.SIZE_2M ? 2 : 0)
                | (immutable ? 4 : 0)
                | (regionStatus ? 8 : 0);
    }

    /** From {@link #packed()}. */
    static RmpView unpack(long packed) {
        return new RmpView(
                packed & (1L << 51) - 0x1000,
                (packed & 1) != 0,
                (packed & 2) != 0 ? Level.SIZE_2M : Level.SIZE_4K,
                (packed & 8) != 0,
                (packed & 4) != 0,
                (int) (packed >>> 51 & 0x3FF));
    }

    @Override
    public String toString() {
        return assigned
                ? "assigned, GPA 0x%X, %s, ASID %d%s".formatted(gpa, size, asid, immutable ? ", immutable" : "")
                : immutable ? "not assigned, immutable" : "not assigned";
    }
}
