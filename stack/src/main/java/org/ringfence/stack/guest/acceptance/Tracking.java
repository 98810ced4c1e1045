package org.ringfence.stack.guest.acceptance;

/** Of which pages software remembers that it has accepted them. */
public enum Tracking {
    /** Of none: it trusts what the hardware tells it. */
    NONE,
    /** Of those it uses itself, but not of its inner guest's. */
    OWN_PAGES,
    /** Of all pages of the guest. */
    WHOLE_GUEST
}
