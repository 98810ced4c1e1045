package org.ringfence.platform.life;

/** The guest cannot run any more; the message says why. */
final class GuestGone extends RuntimeException {
    private static final long serialVersionUID = 1;

    GuestGone(String why) {
        super(why, null, false, false);
    }
}
