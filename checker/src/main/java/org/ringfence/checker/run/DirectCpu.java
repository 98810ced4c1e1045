package org.ringfence.checker.run;

import java.util.concurrent.SynchronousQueue;
import org.jspecify.annotations.Nullable;
import org.ringfence.checker.learn.SourceLine;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Panic;
import org.ringfence.machine.operation.Routine;
import org.ringfence.machine.operation.RunningCpu;

/**
 * A CPU that runs its routine for real, on a virtual thread. The routine stops at each request until whoever steers the
 * run has performed it; so at any instant at most one side runs, and no state is shared while both do.
 */
final class DirectCpu extends RunningCpu implements AutoCloseable {
    private static final StackWalker WALKER = StackWalker.getInstance();

    /** What the routine's thread tells the steering one. */
    sealed interface Said {
        /** It asks for an operation, at a line. */
        record Asks(Operation<?> operation, String line) implements Said {}

        /** It has returned. */
        record Returned() implements Said {}

        /** It has panicked. */
        record Panicked(String reason) implements Said {}

        /** It has thrown something else: a defect. */
        record Failed(Throwable thrown) implements Said {}
    }

    /** Ends the routine's thread when the run is over. */
    private static final class Closed extends Error {
        private static final long serialVersionUID = 1;

        Closed() {
            super(null, null, false, false);
        }
    }

    private final Actor actor;
    private final SynchronousQueue<Said> said = new SynchronousQueue<>();
    private final SynchronousQueue<Long> codes = new SynchronousQueue<>();
    private final Thread thread;
    private volatile boolean closed;
    private @Nullable Object lastResult;

    DirectCpu(Actor actor, Routine<?> routine) {
        this.actor = actor;
        this.thread = Thread.ofVirtual().name(actor.name()).start(() -> runAll(routine));
    }

    /** Waits until the routine asks for something or has ended. */
    Said listen() {
        try {
            return said.take();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(actor + " was interrupted", e);
        }
    }

    /** Lets the routine go on with the result of this code. */
    void answer(long code) {
        try {
            codes.put(code);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(actor + " was interrupted", e);
        }
    }

    /** What the routine was given last; valid while it is being listened to. */
    @Nullable
    Object lastResult() {
        return lastResult;
    }

    private void runAll(Routine<?> routine) {
        Said end;
        try {
            toTheEnd(routine);
            end = new Said.Returned();
        } catch (Panic panic) {
            end = new Said.Panicked(panic.reason());
        } catch (Closed over) {
            return;
        } catch (RuntimeException | Error thrown) {
            end = new Said.Failed(thrown);
        }
        say(end);
    }

    private void say(Said what) {
        try {
            said.put(what);
        } catch (InterruptedException e) {
            throw new Closed();
        }
    }

    @Override
    public <R> R ask(Operation<R> operation) {
        if (closed) {
            throw new Closed();
        }
        say(new Said.Asks(operation, line()));
        long code;
        try {
            code = codes.take();
        } catch (InterruptedException e) {
            throw new Closed();
        }
        R result = operation.results().decode(code, this);
        lastResult = result;
        return result;
    }

    private static String line() {
        return WALKER.walk(frames -> frames.filter(frame -> SourceLine.isSoftware(frame.getClassName()))
                .findFirst()
                .map(frame -> SourceLine.of(frame.toStackTraceElement()))
                .orElse("an unknown line"));
    }

    @Override
    public void close() {
        closed = true;
        thread.interrupt();
    }
}
