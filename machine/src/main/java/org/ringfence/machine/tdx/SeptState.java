package org.ringfence.machine.tdx;

/**
 * States of a Secure EPT entry, as far as a TD that is not being migrated knows them. Source: TDX module 1.5.01, sept_state_lookup.c.
 */
public enum SeptState {
    /** Nothing is there. */
    FREE(0, 0x00E0_0000_0000_0000L),
    /** A page that the guest has accepted, or that the launch put there. */
    MAPPED(4, 0xC7),
    /** Was {@link #MAPPED}; no new translation is made. */
    BLOCKED(1, 0x0080_0000_0000_00C0L),
    /** A page that awaits its accept. */
    PENDING(2, 0x0100_0000_0000_00C0L),
    /** Was {@link #PENDING}. */
    PENDING_BLOCKED(3, 0x0180_0000_0000_00C0L),
    /** A table of smaller entries. */
    NL_MAPPED(132, 0x07),
    /** Was {@link #NL_MAPPED}; walks end here. */
    NL_BLOCKED(129, 0x0080_0000_0000_0000L);

    private final int architectural;
    private final long bits;

    SeptState(int architectural, long bits) {
        this.architectural = architectural;
        this.bits = bits;
    }

    /** The number that RDX[15:8] and a TD exit's extended qualification report. */
    public int architectural() {
        return architectural;
    }

    /** The bits of a raw entry that make this state: TDP, TDB, TDBW, TDEX, PS, IPAT and RWX. */
    long bits() {
        return bits;
    }

    /** Whether the entry holds a page, of either size. */
    public boolean isLeaf() {
        return switch (this) {
            case MAPPED, BLOCKED, PENDING, PENDING_BLOCKED -> true;
            case FREE, NL_MAPPED, NL_BLOCKED -> false;
        };
    }

    /** Whether TDH.MEM.RANGE.BLOCK has been here. */
    public boolean isBlocked() {
        return switch (this) {
            case BLOCKED, PENDING_BLOCKED, NL_BLOCKED -> true;
            case FREE, MAPPED, PENDING, NL_MAPPED -> false;
        };
    }

    /** Whether the entry's page has not been accepted. */
    public boolean isPending() {
        return this == PENDING || this == PENDING_BLOCKED;
    }

    /** What TDH.MEM.RANGE.BLOCK makes of this state; itself where blocking is not allowed. */
    public SeptState blocked() {
        return switch (this) {
            case MAPPED -> BLOCKED;
            case PENDING -> PENDING_BLOCKED;
            case NL_MAPPED -> NL_BLOCKED;
            case FREE, BLOCKED, PENDING_BLOCKED, NL_BLOCKED -> this;
        };
    }

    /** What TDH.MEM.RANGE.UNBLOCK makes of this state; itself where there is nothing to unblock. */
    public SeptState unblocked() {
        return switch (this) {
            case BLOCKED -> MAPPED;
            case PENDING_BLOCKED -> PENDING;
            case NL_BLOCKED -> NL_MAPPED;
            case FREE, MAPPED, PENDING, NL_MAPPED -> this;
        };
    }
}
