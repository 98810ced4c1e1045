package org.ringfence.cli.own;

import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Runs what may never come back: it is left alone then, on a thread that does not keep the process. */
final class Watched {
    private Watched() {}

    /** It did not come back; where it stood. */
    static final class Late extends Exception {
        private static final long serialVersionUID = 1;

        private final transient StackTraceElement[] stack;

        Late(StackTraceElement[] stack) {
            this.stack = stack;
        }

        StackTraceElement[] stack() {
            return stack.clone();
        }
    }

    /** What {@code task} answers within {@code seconds}; an ExecutionException holds what it throws. */
    static <T> T within(int seconds, Callable<T> task) throws Late, ExecutionException {
        FutureTask<T> future = new FutureTask<>(task);
        Thread thread = Thread.ofPlatform().daemon().name("own software").start(future);
        try {
            return future.get(seconds, TimeUnit.SECONDS);
        } catch (TimeoutException late) {
            throw new Late(thread.getStackTrace());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new Late(thread.getStackTrace());
        }
    }
}
