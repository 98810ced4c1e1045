package org.ringfence.machine.tdx;

/**
 * The 64-bit form of a Secure EPT entry, as it lies in memory and as a leaf reports it in RCX.
 *
 * <p>Suppress-#VE (bit 63) is set in every state, memory type and IPAT are write-back in every leaf. Bits 20:12 of a pending 2M entry count
 * the 4K pages already accepted. Source: TDX module 1.5.01, x86_defs.h and sept_manager.c (set_arch_septe_details_in_vmm_regs).
 */
public final class SeptWord {
    private static final long SUPPRESS_VE = 1L << 63;
    private static final long WRITE_BACK = 6L << 3;
    private static final int ACCEPT_COUNTER = 12;
    private static final int ALIAS_OF_VM1 = 58;
    private static final long BASE = 0x000F_FFFF_FFFF_F000L;
    private static final long LEAF_VIEW = SUPPRESS_VE | BASE | 0xFF;
    private static final long TABLE_VIEW = 0x87;

    private SeptWord() {}

    /**
     * The entry as the module stores it.
     *
     * @param hpa of the page; of a table of smaller entries unknown, and 0
     * @param accepted 4K pages of a pending 2M page that an interrupted accept has zeroed
     * @param aliased whether L2 VM 1 has an entry for the page
     */
    public static long raw(SeptState state, long hpa, int accepted, boolean aliased) {
        return state.bits()
                | SUPPRESS_VE
                | (state.isLeaf() ? hpa | WRITE_BACK : 0)
                | (long) accepted << ACCEPT_COUNTER
                | (aliased ? 1L << ALIAS_OF_VM1 : 0);
    }

    /**
     * The entry as RCX reports it. A 2M page whose accept was interrupted shows its counter in bits 20:12 here too: the module clears the
     * counter in another copy than the one it returns.
     */
    public static long architectural(SeptState state, long raw) {
        if (state == SeptState.FREE) {
            return SUPPRESS_VE;
        }
        return raw & (state.isLeaf() ? LEAF_VIEW : TABLE_VIEW);
    }
}
