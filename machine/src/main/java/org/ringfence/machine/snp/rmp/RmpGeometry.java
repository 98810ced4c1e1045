package org.ringfence.machine.snp.rmp;

/**
 * Where the Reverse Map Table lies in host memory and what it covers: RMP_BASE (MSR C001_0132) and RMP_END
 * (C001_0133). It begins with 16 KiB of counters, one for each ASID of how many pages it has; then an entry of 16 bytes
 * for each 4K frame from address 0 on. Frames beyond are in {@link PageState#DEFAULT}.
 *
 * <p>Source: SEV firmware, {@code sev_rmp.c}; Linux, {@code arch/x86/virt/svm/sev.c}.
 *
 * @param base the first byte, in bytes
 * @param end the last byte, inclusive
 */
public record RmpGeometry(long base, long end) {
    /** Bytes before the first entry. */
    public static final long BOOKKEEPING = 0x4000;

    /** Bytes of an entry. */
    public static final int ENTRY = 16;

    /** What the firmware demands base and size to be a multiple of, in bytes. */
    public static final long FIRMWARE_ALIGNMENT = 1L << 20;

    /** What hardware demands base and size to be a multiple of, in bytes. */
    public static final long HARDWARE_ALIGNMENT = 0x2000;

    public RmpGeometry {
        if (base % HARDWARE_ALIGNMENT != 0 || (end + 1) % HARDWARE_ALIGNMENT != 0 || end - base < BOOKKEEPING) {
            throw new IllegalArgumentException(
                    "an RMP from 0x%X to 0x%X: both ends must be 8 KiB aligned, with more than 16 KiB between them"
                            .formatted(base, end));
        }
    }

    /** The table at {@code base} for memory of {@code bytes} bytes, as small as the firmware allows. */
    public static RmpGeometry covering(long base, long bytes) {
        long size = BOOKKEEPING + (bytes + 0xFFF >>> 12) * ENTRY;
        long whole = (size + FIRMWARE_ALIGNMENT - 1) / FIRMWARE_ALIGNMENT * FIRMWARE_ALIGNMENT;
        return new RmpGeometry(base, base + whole - 1);
    }

    /** Whether SNP_INIT takes it: 1 MiB alignment of base and size. */
    public boolean isTakenByFirmware() {
        return base % FIRMWARE_ALIGNMENT == 0 && (end + 1 - base) % FIRMWARE_ALIGNMENT == 0;
    }

    /** How many 4K frames, from address 0 on, have an entry. */
    public long frames() {
        return (end + 1 - base - BOOKKEEPING) / ENTRY;
    }

    /** The address of the entry of frame {@code pfn}; it must be covered. */
    public long entry(long pfn) {
        if (pfn < 0 || pfn >= frames()) {
            throw new IllegalArgumentException("frame 0x%X is beyond the RMP's 0x%X".formatted(pfn, frames()));
        }
        return base + BOOKKEEPING + pfn * ENTRY;
    }

    /** The address of the page counter of {@code asid}, 0 to 2047. */
    public long counter(int asid) {
        if (asid < 0 || asid >= BOOKKEEPING / Long.BYTES) {
            throw new IllegalArgumentException("ASID " + asid + " has no counter; there are 2048");
        }
        return base + (long) asid * Long.BYTES;
    }

    /** Whether the table itself lies at {@code spa}. */
    public boolean contains(long spa) {
        return spa >= base && spa <= end;
    }
}
