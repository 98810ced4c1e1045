package org.ringfence.platform.life;

/** A limit or an interrupt came first; the message says in which stage. */
public final class LifeStopped extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** In this stage. */
    public LifeStopped(String where) {
        super(where, null, false, false);
    }
}
