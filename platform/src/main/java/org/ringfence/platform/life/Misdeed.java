package org.ringfence.platform.life;

/** What a host does once that it must not, in the midst of the workload. */
public enum Misdeed {
    /** It takes a page away that the guest uses. */
    PUNCH,
    /** It puts another frame in the place of a page that the guest uses. */
    REMAP,
    /** It writes an old image of a page that the guest uses over the page. */
    REPLAY,
    /** It takes a page away that the guest shares, without the flush that belongs to it. */
    DROP_FLUSH
}
