package org.ringfence.stack.guest.tdx;

import org.ringfence.machine.vocabulary.Meaning;

/** What a guest does about a virtualization exception (#VE) on a private page. */
public enum OnException {
    @Meaning("It takes the page for one that it has not accepted yet, accepts it and goes on.")
    ACCEPT,
    @Meaning("It stops: Linux.")
    PANIC
}
