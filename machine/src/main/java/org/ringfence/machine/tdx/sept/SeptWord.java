package org.ringfence.machine.tdx.sept;

import java.util.StringJoiner;

/**
 * A Secure EPT entry as 64 bits, as it lies in memory and as a leaf reports it in RCX.
 *
 * <p>Suppress-#VE (bit 63) is set in every state, memory type and IPAT are write-back in every leaf. Bits 20:12 of a
 * pending 2M entry count the 4K pages already accepted, bits 60:58 tell which L2 VMs have an entry for the page or the
 * table, bit 11 is the entry's lock and bit 52 asks a guest to give way to a host that found it taken. Source: TDX
 * module 1.5.01, x86_defs.h and sept_manager.c (set_arch_septe_details_in_vmm_regs).
 */
public record SeptWord(long raw) {
    private static final long SUPPRESS_VE = 1L << 63;
    private static final long WRITE_BACK = 6L << 3;
    private static final long LOCK = 1L << 11;
    private static final long HOST_PRIORITY = 1L << 52;
    private static final int ACCEPT_COUNTER = 12;
    private static final long COUNTER = 0x1FF;
    private static final int ALIAS_OF_VM1 = 58;
    private static final long ALIASES = 7;
    private static final long BASE = 0x000F_FFFF_FFFF_F000L;
    private static final long LEAF_VIEW = SUPPRESS_VE | BASE | 0xFF;
    private static final long TABLE_VIEW = 0x87;

    /**
     * The entry as the module stores it, not locked.
     *
     * @param hpa of the page, or of the table; 0 where there is neither or it is not kept
     * @param accepted 4K pages of a pending 2M page that an interrupted accept has zeroed
     * @param aliases bit 0 for L2 VM 1 and so on, where it has an entry
     */
    public static SeptWord of(SeptState state, long hpa, int accepted, int aliases) {
        return new SeptWord(state.bits()
                | SUPPRESS_VE
                | hpa
                | (state.isLeaf() ? WRITE_BACK : 0)
                | (long) accepted << ACCEPT_COUNTER
                | (long) aliases << ALIAS_OF_VM1);
    }

    /** This with its lock taken, or with the host asking for it. */
    public SeptWord with(boolean locked, boolean hostPriority) {
        return new SeptWord(raw | (locked ? LOCK : 0) | (hostPriority ? HOST_PRIORITY : 0));
    }

    /**
     * The entry as RCX reports it. A 2M page whose accept was interrupted shows its counter in bits 20:12 here too: the
     * module clears the counter in another copy than the one it returns.
     */
    public long architectural() {
        SeptState state = SeptState.of(raw).orElse(SeptState.FREE);
        if (state == SeptState.FREE) {
            return SUPPRESS_VE;
        }
        return raw & (state.isLeaf() ? LEAF_VIEW : TABLE_VIEW);
    }

    /** Bits 51:12, with an accept's counter where there is one. */
    public long base() {
        return raw & BASE;
    }

    /** The counter of an accept of 2M. */
    public int accepted() {
        return (int) (raw >>> ACCEPT_COUNTER & COUNTER);
    }

    /** Bit 0 for L2 VM 1 and so on, where it has an entry. */
    public int aliases() {
        return (int) (raw >>> ALIAS_OF_VM1 & ALIASES);
    }

    /** The word and what it says, for people. */
    @Override
    public String toString() {
        StringJoiner text = new StringJoiner(" ", "0x%016X ".formatted(raw), "");
        text.add(SeptState.of(raw).map(Enum::name).orElse("no state"));
        if (base() != 0 && SeptState.of(raw).filter(state -> state != SeptState.FREE).isPresent()) {
            text.add("at 0x%X".formatted(base()));
        }
        if ((raw & 7) != 0) {
            text.add(((raw & 1) != 0 ? "R" : "") + ((raw & 2) != 0 ? "W" : "") + ((raw & 4) != 0 ? "X" : ""));
        }
        for (int vm = 1; vm <= 3; vm++) {
            if ((aliases() >> vm - 1 & 1) != 0) {
                text.add("L2 VM " + vm);
            }
        }
        if ((raw & LOCK) != 0) {
            text.add("locked");
        }
        if ((raw & HOST_PRIORITY) != 0) {
            text.add("host waits");
        }
        return text.toString();
    }
}
