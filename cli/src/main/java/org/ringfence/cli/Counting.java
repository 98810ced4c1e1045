package org.ringfence.cli;

import java.io.PrintStream;
import java.util.Locale;

/** Tells on standard error how far a run of known length is, a line every ten seconds. */
final class Counting {
    private static final long AGAIN = 10_000_000_000L;

    private final PrintStream err;
    private final String label;
    private final long all;
    private long next;

    Counting(PrintStream err, String label, long all) {
        this.err = err;
        this.label = label;
        this.all = all;
        this.next = System.nanoTime() + AGAIN;
    }

    /** Shows {@code done} of all, when it is time to. */
    void show(long done) {
        long now = System.nanoTime();
        if (now >= next) {
            next = now + AGAIN;
            err.println(String.format(Locale.ROOT, "%s: %,d of %,d operations", label, done, all));
            err.flush();
        }
    }
}
