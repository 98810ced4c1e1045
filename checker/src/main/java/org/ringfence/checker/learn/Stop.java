package org.ringfence.checker.learn;

/** Takes a routine back from the point that a run has reached. An Error, so that no routine catches it; one instance, without a stack. */
final class Stop extends Error {
    private static final long serialVersionUID = 1;

    @SuppressWarnings("StaticAssignmentOfThrowable") // it has no stack, and a run must not allocate to stop
    static final Stop STOP = new Stop();

    private Stop() {
        super(null, null, false, false);
    }
}
