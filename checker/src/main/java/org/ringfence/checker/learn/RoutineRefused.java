package org.ringfence.checker.learn;

/** A routine that cannot be explored, with the reason and, where one is to blame, the line. */
public final class RoutineRefused extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** With the sentence; it names the line. */
    public RoutineRefused(String sentence) {
        super(sentence);
    }
}
