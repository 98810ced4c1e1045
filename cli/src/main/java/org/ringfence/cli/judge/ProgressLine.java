package org.ringfence.cli.judge;

import java.io.PrintStream;
import java.util.Locale;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.ringfence.checker.explore.Watcher.Glance;

/**
 * Tells how a search that takes longer than a second goes: on a terminal in one line that is written over and wiped at
 * the end, elsewhere in a line of its own now and then. (A progress bar, as libraries draw it, needs a total; a search
 * has none.)
 *
 * @param nanos a clock
 */
public record ProgressLine(PrintStream err, boolean onTerminal, int columns, LongSupplier nanos) {
    private static final long SECOND = 1_000_000_000L;
    private static final long FIRST = SECOND;
    private static final long AGAIN_ON_TERMINAL = SECOND / 5;
    private static final long AGAIN_ELSEWHERE = 10 * SECOND;

    /** Someone who tells nothing. */
    public static ProgressLine silent() {
        return new ProgressLine(new PrintStream(PrintStream.nullOutputStream()), false, 80, System::nanoTime);
    }

    /** Begins to tell of one search. */
    public Telling tell(String label) {
        return new Telling(this, label);
    }

    /** Tells of one search. */
    public static final class Telling implements AutoCloseable {
        private final ProgressLine line;
        private final String label;
        private final long begun;
        private long next;
        private long lastTime;
        private long lastStates;
        private int shown;

        private Telling(ProgressLine line, String label) {
            this.line = line;
            this.label = label;
            this.begun = line.nanos.getAsLong();
            this.next = begun + FIRST;
            this.lastTime = begun;
        }

        /** Shows how far the search is, when it is time to. */
        public void show(Glance glance) {
            long now = line.nanos.getAsLong();
            if (now < next) {
                return;
            }
            double rate = (glance.states() - lastStates) * (double) SECOND / Math.max(1, now - lastTime);
            lastTime = now;
            lastStates = glance.states();
            next = now + (line.onTerminal ? AGAIN_ON_TERMINAL : AGAIN_ELSEWHERE);
            String text = String.format(
                    Locale.ROOT,
                    "%s: %,d states, %,.0f/s, depth %d, queue %,d, %d s",
                    label,
                    glance.states(),
                    rate,
                    glance.depth(),
                    glance.queue(),
                    (now - begun) / SECOND);
            put(text);
        }

        /** Shows how far anything else is, when it is time to. */
        public void show(Supplier<String> how) {
            long now = line.nanos.getAsLong();
            if (now >= next) {
                next = now + (line.onTerminal ? AGAIN_ON_TERMINAL : AGAIN_ELSEWHERE);
                put(String.format(Locale.ROOT, "%s: %s, %d s", label, how.get(), (now - begun) / SECOND));
            }
        }

        private void put(String text) {
            if (line.onTerminal) {
                overwrite(text.length() < line.columns ? text : text.substring(0, line.columns - 1));
            } else {
                line.err.println(text);
            }
        }

        /** Spaces wipe the rest of a longer line: a dumb terminal knows no escape that would. */
        private void overwrite(String text) {
            line.err.print("\r" + text + " ".repeat(Math.max(0, shown - text.length())));
            line.err.flush();
            shown = text.length();
        }

        /** Wipes what a terminal shows. */
        @Override
        public void close() {
            if (shown > 0) {
                overwrite("");
                line.err.print("\r");
                line.err.flush();
            }
        }
    }
}
