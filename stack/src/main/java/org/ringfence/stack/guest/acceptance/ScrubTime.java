package org.ringfence.stack.guest.acceptance;

/** When a monitor zeroes memory that it hands to its inner guest. */
public enum ScrubTime {
    /** Never. */
    NONE,
    /** When it gives the memory up, before it is rescinded. */
    HAND_OVER,
    /** When it validates the memory for the inner guest, before the grant. */
    VALIDATE
}
