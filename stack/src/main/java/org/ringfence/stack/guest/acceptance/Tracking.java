package org.ringfence.stack.guest.acceptance;

import org.ringfence.machine.vocabulary.Meaning;

/** Of which pages software remembers that it has accepted them. */
public enum Tracking {
    @Meaning("Of none: it trusts what the hardware tells it.")
    NONE,
    @Meaning("Of those it uses itself, but not of its inner guest's.")
    OWN_PAGES,
    @Meaning("Of all pages of the guest.")
    WHOLE_GUEST
}
