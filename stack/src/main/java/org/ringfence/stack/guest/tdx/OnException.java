package org.ringfence.stack.guest.tdx;

/** What a guest does about a virtualization exception (#VE) on a private page. */
public enum OnException {
    /** It takes the page for one that it has not accepted yet, accepts it and goes on. */
    ACCEPT,
    /** It stops: Linux. */
    PANIC
}
