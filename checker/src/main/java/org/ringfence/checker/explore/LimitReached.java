package org.ringfence.checker.explore;

/**
 * A limit, or an interrupt, came before some phase of a check had ended. Nothing is known of what the phase was for.
 */
public final class LimitReached extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final Exploration.Stop stop;

    LimitReached(Exploration.Stop stop, String phase) {
        super("%s, while %s".formatted(stop.inWords(), phase), null, false, false);
        this.stop = stop;
    }

    /** Which limit. */
    public Exploration.Stop stop() {
        return stop;
    }
}
