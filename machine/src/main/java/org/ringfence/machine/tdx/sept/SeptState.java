package org.ringfence.machine.tdx.sept;

import java.util.Arrays;
import java.util.Optional;

/**
 * States of a Secure EPT entry. A machine brings about those up to {@link #LAST_WITHOUT_MIGRATION}, which its tables
 * have room for; the others are a migration's, which are decoded and printed only.
 *
 * <p>The module tells a state by seven bits: D is bit 0, TDEX, TDBW, TDB and TDP are bits 1 to 4, IPAT and PS bits 5
 * and 6. Source: TDX module 1.5.01, sept_state_lookup.{h,c}.
 */
public enum SeptState {
    /** Nothing is there. */
    FREE(0, 0x0E, 0),
    /** A page that the guest has accepted, or that the launch put there. */
    MAPPED(4, 0x60, 4),
    /** Was {@link #MAPPED}; no new translation is made. */
    BLOCKED(5, 0x68, 1),
    /** A page that awaits its accept. */
    PENDING(10, 0x70, 2),
    /** Was {@link #PENDING}. */
    PENDING_BLOCKED(11, 0x78, 3),
    /** A table of smaller entries. */
    NL_MAPPED(2, 0x00, 132),
    /** Was {@link #NL_MAPPED}; walks end here. */
    NL_BLOCKED(3, 0x08, 129),
    /** An import removed the page. */
    REMOVED(1, 0x0C, 5),
    /** An export blocked it for writing. */
    BLOCKEDW(6, 0x64, 8),
    /** Exported, and blocked for writing. */
    EXPORTED_BLOCKEDW(7, 0x66, 9),
    /** Written since it was exported. */
    EXPORTED_DIRTY(8, 0x63, 11),
    /** Written since it was exported, and blocked for writing. */
    EXPORTED_DIRTY_BLOCKEDW(9, 0x67, 12),
    /** Pending, and an export blocked it for writing. */
    PENDING_BLOCKEDW(12, 0x74, 16),
    /** Exported while pending. */
    PENDING_EXPORTED_BLOCKEDW(13, 0x76, 17),
    /** Unblocked since it was exported, and pending. */
    PENDING_EXPORTED_DIRTY(14, 0x73, 19),
    /** As {@link #PENDING_EXPORTED_DIRTY}, and blocked for writing again. */
    PENDING_EXPORTED_DIRTY_BLOCKEDW(15, 0x77, 20);

    /** The last state that a TD comes to which is not being migrated. */
    public static final SeptState LAST_WITHOUT_MIGRATION = NL_BLOCKED;

    private static final SeptState[] BY_ENCODING = new SeptState[1 << 7];

    static {
        for (SeptState state : values()) {
            BY_ENCODING[state.encoding] = state;
        }
    }

    private static final int DIRTY_BIT = 9;
    private static final int EXPORTED_BIT = 53;
    private static final int IPAT_BIT = 6;
    private static final int READ_EXECUTE = 5;
    private static final int WRITE = 2;

    private final int index;
    private final int encoding;
    private final int architectural;

    SeptState(int index, int encoding, int architectural) {
        this.index = index;
        this.encoding = encoding;
        this.architectural = architectural;
    }

    /** The module's own number of it, from 0 to 15. */
    public int index() {
        return index;
    }

    /** The seven bits that make this state. */
    public int encoding() {
        return encoding;
    }

    /** The number that RDX[15:8] and a TD exit's extended qualification report. */
    public int architectural() {
        return architectural;
    }

    /** The state in a raw entry; empty where the module knows none of this encoding. */
    public static Optional<SeptState> of(long raw) {
        int bits = (int) (raw >>> DIRTY_BIT & 1 | (raw >>> EXPORTED_BIT & 0xF) << 1 | (raw >>> IPAT_BIT & 3) << 5);
        return Optional.ofNullable(BY_ENCODING[bits]);
    }

    /** The state of this {@link #architectural} number. */
    public static Optional<SeptState> ofArchitectural(int number) {
        return Arrays.stream(values()).filter(state -> state.architectural == number).findFirst();
    }

    /** The bits of a raw entry that make this state: TDP, TDB, TDBW, TDEX, D, PS, IPAT and RWX. */
    public long bits() {
        return permissions()
                | (long) (encoding & 1) << DIRTY_BIT
                | (long) (encoding >> 1 & 0xF) << EXPORTED_BIT
                | (long) (encoding >> 5) << IPAT_BIT;
    }

    private long permissions() {
        return switch (this) {
            case MAPPED, EXPORTED_DIRTY, NL_MAPPED -> READ_EXECUTE | WRITE;
            case BLOCKEDW, EXPORTED_BLOCKEDW, EXPORTED_DIRTY_BLOCKEDW -> READ_EXECUTE;
            case FREE,
                    BLOCKED,
                    PENDING,
                    PENDING_BLOCKED,
                    NL_BLOCKED,
                    REMOVED,
                    PENDING_BLOCKEDW,
                    PENDING_EXPORTED_BLOCKEDW,
                    PENDING_EXPORTED_DIRTY,
                    PENDING_EXPORTED_DIRTY_BLOCKEDW ->
                0;
        };
    }

    /** Whether the entry holds a page, of whichever size. */
    public boolean isLeaf() {
        return encoding >= 0x60;
    }

    /** Whether the entry holds a table of smaller entries. */
    public boolean isTable() {
        return this == NL_MAPPED || this == NL_BLOCKED;
    }

    /** Whether TDH.MEM.RANGE.BLOCK has been here. */
    public boolean isBlocked() {
        return this == BLOCKED || this == PENDING_BLOCKED || this == NL_BLOCKED;
    }

    /** Whether the entry's page has not been accepted. */
    public boolean isPending() {
        return (encoding & 0x10) != 0;
    }

    /** Whether TDG.MEM.PAGE.ACCEPT may accept it. */
    public boolean isAcceptable() {
        return this == PENDING || this == PENDING_EXPORTED_DIRTY;
    }

    /** Whether the guest may read it. */
    public boolean isAccessible() {
        return isLeaf() && permissions() != 0;
    }

    /** Whether taking it away needs the TLBs tracked, in a TD that runs. */
    public boolean needsTracking() {
        return this != FREE && this != REMOVED && this != EXPORTED_BLOCKEDW && this != PENDING_EXPORTED_BLOCKEDW;
    }

    /** What TDH.MEM.RANGE.BLOCK makes of this state; itself where blocking is not allowed. */
    public SeptState blocked() {
        return switch (this) {
            case MAPPED, BLOCKEDW -> BLOCKED;
            case PENDING, PENDING_BLOCKEDW -> PENDING_BLOCKED;
            case NL_MAPPED -> NL_BLOCKED;
            case FREE,
                    BLOCKED,
                    PENDING_BLOCKED,
                    NL_BLOCKED,
                    REMOVED,
                    EXPORTED_BLOCKEDW,
                    EXPORTED_DIRTY,
                    EXPORTED_DIRTY_BLOCKEDW,
                    PENDING_EXPORTED_BLOCKEDW,
                    PENDING_EXPORTED_DIRTY,
                    PENDING_EXPORTED_DIRTY_BLOCKEDW ->
                this;
        };
    }

    /** What TDH.MEM.RANGE.UNBLOCK makes of this state; itself where there is nothing to unblock. */
    public SeptState unblocked() {
        return switch (this) {
            case BLOCKED -> MAPPED;
            case PENDING_BLOCKED -> PENDING;
            case NL_BLOCKED -> NL_MAPPED;
            case FREE,
                    MAPPED,
                    PENDING,
                    NL_MAPPED,
                    REMOVED,
                    BLOCKEDW,
                    EXPORTED_BLOCKEDW,
                    EXPORTED_DIRTY,
                    EXPORTED_DIRTY_BLOCKEDW,
                    PENDING_BLOCKEDW,
                    PENDING_EXPORTED_BLOCKEDW,
                    PENDING_EXPORTED_DIRTY,
                    PENDING_EXPORTED_DIRTY_BLOCKEDW ->
                this;
        };
    }
}
