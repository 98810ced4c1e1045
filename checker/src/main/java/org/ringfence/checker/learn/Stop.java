package org.ringfence.checker.learn;

/**
 * Takes a routine back from the point that a run has reached. An Error, so that no routine catches it, and without a
 * stack. Each throw has an instance of its own: try-with-resources adds what {@code close} throws to what its body
 * threw, and nothing can be added to itself.
 */
final class Stop extends Error {
    private static final long serialVersionUID = 1;

    Stop() {
        super(null, null, false, false);
    }
}
