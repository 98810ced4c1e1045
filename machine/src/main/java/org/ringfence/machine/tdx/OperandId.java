package org.ringfence.machine.tdx;

/**
 * Numbers by which a completion status names the operand at fault, in its low 32 bits. Source: TDX module 1.5.01, tdx_api_defs.h.
 */
public final class OperandId {
    /** Register RCX. */
    public static final int RCX = 1;

    /** Register RDX. */
    public static final int RDX = 2;

    /** Register R8. */
    public static final int R8 = 8;

    /** The whole Secure EPT, as locked by the operation. */
    public static final int SEPT_TREE = 146;

    private OperandId() {}
}
