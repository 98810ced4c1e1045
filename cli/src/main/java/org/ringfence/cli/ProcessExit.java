package org.ringfence.cli;

import java.io.PrintStream;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.ringfence.cli.judge.Interrupt;

/**
 * How the process ends. On Ctrl-C or a termination signal the JVM begins to shut down while the search still runs; the
 * hook asks the search to stop, waits until what was found so far is printed, and then ends the process with the status
 * that this deserves, where the JVM by itself would end with 130. A signal that comes when all is printed already can
 * begin the shutdown before {@link #with} does, and the status stays as it was. Where no signal comes, the hook does
 * nothing, so that a flight recording of the JVM's comes to its end.
 */
final class ProcessExit {
    private static final long PATIENCE_SECONDS = 20;

    private final Interrupt interrupt;
    private final PrintStream err;
    private final CountDownLatch done = new CountDownLatch(1);
    private volatile @Nullable Thread ending;
    private volatile int status = ExitStatus.INCONCLUSIVE;

    ProcessExit(Interrupt interrupt, PrintStream err) {
        this.interrupt = interrupt;
        this.err = err;
    }

    void prepare() {
        Runtime.getRuntime().addShutdownHook(new Thread(this::shutDown, "ending"));
    }

    /** Everything is printed: ends the process. */
    void with(int exitStatus) {
        ending = Thread.currentThread();
        printed(exitStatus);
        System.exit(exitStatus);
    }

    /** Everything is printed, and the process ends with this status whoever ends it. */
    void printed(int exitStatus) {
        status = exitStatus;
        done.countDown();
    }

    private void shutDown() {
        interrupt.request();
        try {
            if (!done.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                err.println("ringfence: the search did not stop within %d s; its results are lost"
                        .formatted(PATIENCE_SECONDS));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (!isEndedBy(ending)) {
            Runtime.getRuntime().halt(status);
        }
    }

    /** Whether this thread runs the hooks, since it was the first to end the process. */
    private static boolean isEndedBy(@Nullable Thread thread) {
        return thread != null
                && Arrays.stream(thread.getStackTrace())
                        .anyMatch(frame -> frame.getMethodName().equals("runHooks"));
    }
}
