package org.ringfence.checker.explore;

import java.util.Set;
import org.ringfence.machine.operation.Property;

/** Someone who follows a search. */
public interface Watcher {

    /** What there is to know of a search under way. */
    record Glance(long states, long transitions, int depth, long queue, long bytes, double seconds) {}

    /** Called between rounds, some hundred times a second at most; false ends the search as interrupted. */
    boolean goOn(Glance glance);

    /** As {@link #goOn}, asked by what comes before a search or after it; {@code phase} says what is being done. */
    default boolean goOnWith(String phase) {
        return goOn(new Glance(0, 0, 0, 0, 0, 0));
    }

    /**
     * A level is finished; {@code open} are the properties without a breach. False ends the search: what it was for is
     * known.
     */
    default boolean nextLevel(Set<Property> open, Glance glance) {
        return true;
    }

    /** Someone who lets every search run to its end. */
    static Watcher patient() {
        return glance -> true;
    }
}
