package org.ringfence.machine.tdx.sept;

import java.util.Optional;

/**
 * States of an entry of an L2 Secure EPT. TDB is bit 0 of the encoding, IPAT and PS are bits 1 and 2, R is bit 3 where
 * the entry is no leaf. Source: TDX module 1.5.01, sept_state_lookup.c (l2_sept_special_flags_lookup), sept_manager.h.
 */
public enum L2State {
    /** The VM has no entry there. */
    L2_FREE(0x0, 64),
    /** A table of smaller entries. */
    L2_NL_MAPPED(0x8, 196),
    /** A table under an L1 entry that is blocked. */
    L2_NL_BLOCKED(0x1, 193),
    /** A page, with what L1 lets the VM do with it. */
    L2_MAPPED(0x6, 68),
    /** A page that L1 has not accepted or the host has blocked: what L1 lets the VM do with it is kept aside. */
    L2_BLOCKED(0x7, 65);

    private static final long BLOCKED_BIT = 1L << 55;
    private static final int IPAT_BIT = 6;

    private final int encoding;
    private final int architectural;

    L2State(int encoding, int architectural) {
        this.encoding = encoding;
        this.architectural = architectural;
    }

    /** The bits that make this state. */
    public int encoding() {
        return encoding;
    }

    /** The number that RDX[15:8] reports. */
    public int architectural() {
        return architectural;
    }

    /** Whether the entry holds a page. */
    public boolean isLeaf() {
        return this == L2_MAPPED || this == L2_BLOCKED;
    }

    /** The state in a raw entry; empty where the module knows none of this encoding. */
    public static Optional<L2State> of(long raw) {
        int marks = (int) (((raw & BLOCKED_BIT) != 0 ? 1 : 0) | (raw >>> IPAT_BIT & 3) << 1);
        return switch (marks) {
            case 6 -> Optional.of(L2_MAPPED);
            case 7 -> Optional.of(L2_BLOCKED);
            case 0 -> Optional.of((raw & 1) != 0 ? L2_NL_MAPPED : L2_FREE);
            case 1 -> (raw & 1) == 0 ? Optional.of(L2_NL_BLOCKED) : Optional.empty();
            default -> Optional.empty();
        };
    }

    /** The bits of a raw entry that make this state, R of a table included. */
    long bits() {
        return (encoding & 8) >> 3 | ((encoding & 1) != 0 ? BLOCKED_BIT : 0) | (long) (encoding >> 1 & 3) << IPAT_BIT;
    }
}
