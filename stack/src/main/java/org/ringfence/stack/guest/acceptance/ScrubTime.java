package org.ringfence.stack.guest.acceptance;

import org.ringfence.machine.vocabulary.Meaning;

/** When a monitor zeroes memory that it hands to its inner guest. */
public enum ScrubTime {
    @Meaning("Never.")
    NONE,
    @Meaning("When it gives the memory up, before it is rescinded.")
    HAND_OVER,
    @Meaning("When it validates the memory for the inner guest, before the grant.")
    VALIDATE
}
