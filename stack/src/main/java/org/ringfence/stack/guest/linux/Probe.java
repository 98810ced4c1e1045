package org.ringfence.stack.guest.linux;

/** Where range_contains_unaccepted_memory looks. */
public enum Probe {
    /**
     * Linux: at the start, and from there in steps of a unit. Where the start is not aligned, the last unit can be
     * missed.
     */
    FROM_START,
    /** At every unit that accept_memory would accept. */
    EVERY_UNIT
}
