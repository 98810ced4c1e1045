package org.ringfence.platform.tdx.host;

/** Whoever watches a run wants it to end. */
public final class Interrupted extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** {@code where} it was, in words. */
    Interrupted(String where) {
        super(where, null, false, false);
    }
}
