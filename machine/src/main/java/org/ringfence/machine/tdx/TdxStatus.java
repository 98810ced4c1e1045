package org.ringfence.machine.tdx;

/**
 * Completion status codes of the TDX module, RAX of a SEAMCALL or TDCALL, under the manual's names. What the low 32 bits add, an
 * {@link OperandId} or a level, is given to {@link #rax(int)}.
 *
 * <p>Bit 63 is set in errors only: a status that is neither zero nor an error informs. Source: TDX module 1.5.01, tdx_error_codes_defs.h.
 */
public enum TdxStatus {
    TDX_SUCCESS(0),
    TDX_NON_RECOVERABLE_TD_NON_ACCESSIBLE(0x6000_0005_0000_0000L),
    TDX_OPERAND_INVALID(0xC000_0100_0000_0000L),
    TDX_OPERAND_BUSY(0x8000_0200_0000_0000L),
    TDX_PREVIOUS_TLB_EPOCH_BUSY(0x8000_0201_0000_0000L),
    TDX_PAGE_METADATA_INCORRECT(0xC000_0300_0000_0000L),
    TDX_TD_FATAL(0xE000_0604_0000_0000L),
    TDX_EPT_WALK_FAILED(0xC000_0B00_0000_0000L),
    TDX_GPA_RANGE_NOT_BLOCKED(0xC000_0B06_0000_0000L),
    TDX_GPA_RANGE_ALREADY_BLOCKED(0x0000_0B07_0000_0000L),
    TDX_TLB_TRACKING_NOT_DONE(0xC000_0B08_0000_0000L),
    TDX_PAGE_ALREADY_ACCEPTED(0x0000_0B0A_0000_0000L),
    TDX_PAGE_SIZE_MISMATCH(0xC000_0B0B_0000_0000L),
    TDX_EPT_ENTRY_STATE_INCORRECT(0xC000_0B0D_0000_0000L),
    TDX_PAGE_ATTR_INVALID(0xC000_0B11_0000_0000L);

    private final long code;

    TdxStatus(long code) {
        this.code = code;
    }

    /** RAX with {@code details}, an operand id or a level, in its low 32 bits. */
    public long rax(int details) {
        return code + details;
    }
}
