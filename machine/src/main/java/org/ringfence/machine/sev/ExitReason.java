package org.ringfence.machine.sev;

/**
 * Why a vCPU is with the host: a nested page fault with those bits of EXITINFO1 that tell the faults apart, or a
 * request for a page state change. The bits P, W and U of EXITINFO1 follow the access and are not kept: a fault without
 * the bit RMP is one of a missing nested mapping.
 */
public enum ExitReason {
    /** Not with the host. */
    NONE("none", 0),
    /** No nested mapping; the access had C-bit 1. */
    NPF_NOT_PRESENT_PRIVATE("#NPF not present, ENC", ExitReason.ENC),
    /** No nested mapping; the access had C-bit 0. */
    NPF_NOT_PRESENT_SHARED("#NPF not present", 0),
    /**
     * The frame is not assigned to that page of that guest, or is immutable, or is mapped larger than its RMP entry is.
     */
    NPF_RMP_PRIVATE("#NPF RMP, ENC", ExitReason.RMP | ExitReason.ENC),
    /** An access with C-bit 0 to an assigned frame. */
    NPF_RMP_SHARED("#NPF RMP", ExitReason.RMP),
    /** The RMP entry is 2M, and the nested mapping or the operand of PVALIDATE or RMPADJUST is 4K. */
    NPF_SIZE_MISMATCH("#NPF RMP, ENC, SIZEM", ExitReason.RMP | ExitReason.ENC | ExitReason.SIZEM),
    /** The VMPL lacks the permission. */
    NPF_VMPL("#NPF RMP, ENC, VMPL", ExitReason.RMP | ExitReason.ENC | ExitReason.VMPL),
    /** VMGEXIT: make a 4K page private. */
    PSC_PRIVATE_4K("PSC private 4K", 0),
    /** VMGEXIT: make a 2M page private. */
    PSC_PRIVATE_2M("PSC private 2M", 0),
    /** VMGEXIT: make a 4K page shared. */
    PSC_SHARED_4K("PSC shared 4K", 0),
    /** VMGEXIT: make a 2M page shared. */
    PSC_SHARED_2M("PSC shared 2M", 0),
    /** VMGEXIT: make the page state changes of a buffer. */
    PSC_BUFFER("PSC buffer", 0);

    /** EXITINFO1 bit 31: an RMP check failed. */
    public static final long RMP = 1L << 31;

    /** EXITINFO1 bit 34: the guest's C-bit was 1. */
    public static final long ENC = 1L << 34;

    /** EXITINFO1 bit 35: the sizes do not match. */
    public static final long SIZEM = 1L << 35;

    /** EXITINFO1 bit 36: the VMPL's permissions do not suffice. */
    public static final long VMPL = 1L << 36;

    /** The exit code of a nested page fault. */
    public static final int EXIT_NPF = 0x400;

    /** The exit code of VMGEXIT. */
    public static final int EXIT_VMGEXIT = 0x403;

    private final String printed;
    private final long exitInfo1;

    ExitReason(String printed, long exitInfo1) {
        this.printed = printed;
        this.exitInfo1 = exitInfo1;
    }

    /** EXITINFO1 of a nested page fault, without the bits that only describe the access. */
    public long exitInfo1() {
        return exitInfo1;
    }

    /** {@link #EXIT_NPF} or {@link #EXIT_VMGEXIT}; 0 for {@link #NONE}. */
    public int exitCode() {
        return switch (this) {
            case NONE -> 0;
            case NPF_NOT_PRESENT_PRIVATE,
                    NPF_NOT_PRESENT_SHARED,
                    NPF_RMP_PRIVATE,
                    NPF_RMP_SHARED,
                    NPF_SIZE_MISMATCH,
                    NPF_VMPL ->
                EXIT_NPF;
            case PSC_PRIVATE_4K, PSC_PRIVATE_2M, PSC_SHARED_4K, PSC_SHARED_2M, PSC_BUFFER -> EXIT_VMGEXIT;
        };
    }

    /** Whether only a machine with 2M pages knows this reason. */
    boolean concernsLargePages() {
        return this == NPF_SIZE_MISMATCH || this == PSC_PRIVATE_2M || this == PSC_SHARED_2M;
    }

    @Override
    public String toString() {
        return printed;
    }
}
