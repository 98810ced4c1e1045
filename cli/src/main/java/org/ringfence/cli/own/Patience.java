package org.ringfence.cli.own;

import org.ringfence.checker.learn.RoutineRefused;
import org.ringfence.checker.learn.SourceLine;

/**
 * Ends loops of a user's software that go on for ever: {@link PatientLoops} has them ask here. Public, since classes of
 * other loaders do.
 */
public final class Patience {
    private static final long SECONDS = 2;

    private Patience() {}

    /**
     * A loop has gone round many times.
     *
     * @param since what this has answered the last time; 0 at first
     * @return when the loop was seen first
     */
    public static long goOn(long since) {
        long now = System.nanoTime();
        if (since == 0) {
            return now == 0 ? 1 : now;
        }
        if (now - since > SECONDS * 1_000_000_000L) {
            throw new RoutineRefused("a loop at %s has gone round for %d s and neither ended nor asked for an operation"
                    .formatted(place(), SECONDS));
        }
        return since;
    }

    private static String place() {
        return StackWalker.getInstance().walk(frames -> frames
                .filter(frame -> !frame.getClassName().equals(Patience.class.getName()))
                .findFirst()
                .map(frame -> SourceLine.of(frame.toStackTraceElement()))
                .orElse("an unknown line"))
                .replace("<clinit>", "the static initialiser")
                .replace("<init>", "the constructor");
    }
}
