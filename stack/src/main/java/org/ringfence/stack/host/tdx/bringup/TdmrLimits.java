package org.ringfence.stack.host.tdx.bringup;

/**
 * What the module tells of TDMRs in its metadata, all sizes in bytes.
 *
 * @param alignment of a TDMR's base and size
 * @param pamtEntrySize of each page size's PAMT
 * @param maxTdmrs TDMRs at most
 * @param maxReserved reserved areas of one TDMR at most
 */
public record TdmrLimits(long alignment, int pamtEntrySize, int maxTdmrs, int maxReserved) {
    static final long PAGE = 1L << 12;
    static final long LARGE = 1L << 21;
    static final long HUGE = 1L << 30;

    public TdmrLimits {
        if (Long.bitCount(alignment) != 1 || alignment < PAGE || pamtEntrySize < 1 || maxTdmrs < 1 || maxReserved < 0) {
            throw new IllegalArgumentException(
                    "TDMRs of 0x%x bytes, at most %d, with %d reserved areas, %d bytes an entry"
                            .formatted(alignment, maxTdmrs, maxReserved, pamtEntrySize));
        }
    }

    /** Those of the module 1.5.01: 1 GB, 16 bytes, MAX_TDMRS 64, MAX_RESERVED_AREAS 16. */
    public static TdmrLimits tdx15() {
        return new TdmrLimits(HUGE, 16, 64, 16);
    }
}
