package org.ringfence.stack.guest.linux;

/**
 * Units of a table of unaccepted memory.
 *
 * @param first the first, by number
 * @param end the one after the last; not above {@code first} where there are none
 */
public record UnitRange(long first, long end) {
    /** No units. */
    public static final UnitRange NONE = new UnitRange(0, 0);

    /** Whether there are none. */
    public boolean isEmpty() {
        return first >= end;
    }

    /**
     * Whether Linux takes two ranges for overlapping. It compares units, so that two requests for one unit wait for
     * each other although their bytes are disjoint.
     */
    public boolean overlaps(UnitRange other) {
        return other.end > first && other.first < end;
    }
}
