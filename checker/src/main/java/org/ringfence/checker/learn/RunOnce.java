package org.ringfence.checker.learn;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Panic;
import org.ringfence.machine.operation.Routine;
import org.ringfence.machine.vocabulary.Form;

/**
 * One run of a routine against a history. The first operation or call that the history has no entry for latches the
 * run: every later request rethrows the stop and records nothing, so that {@code finally} and try-with-resources around
 * operations change nothing.
 */
final class RunOnce implements Cpu {
    private static final StackWalker WALKER = StackWalker.getInstance();

    private final Routine<?> scope;
    private final List<Entry> history;
    private int next;
    private @Nullable Reached reached;
    private @Nullable Routine<?> successor;
    private @Nullable RoutineRefused refused;

    private RunOnce(Routine<?> scope, List<Entry> history) {
        this.scope = scope;
        this.history = history;
    }

    /** Runs {@code scope} against {@code history} and answers where that got to. */
    static Reached of(Routine<?> scope, List<Entry> history) {
        return new RunOnce(scope, history).run();
    }

    private Reached run() {
        Reached reached = runLatched();
        if (refused != null) {
            throw refused;
        }
        return reached;
    }

    private Reached runLatched() {
        Object value;
        try {
            value = scope.run(this);
        } catch (Stop stop) {
            if (reached == null) {
                throw new RoutineRefused(
                        name() + " was stopped by another run's stop: it shares a Cpu between routines");
            }
            return reached;
        } catch (Panic panic) {
            refuseIfLatched("threw a panic after it was stopped");
            return end(new CallEnding.Panicked(panic.reason()));
        } catch (RuntimeException | Error thrown) {
            if (thrown instanceof RoutineRefused refused) {
                throw refused;
            }
            throw new RoutineRefused(
                    "%s threw %s at %s".formatted(name(), thrown, SourceLine.of(thrown, scope.getClass())));
        }
        refuseIfLatched("caught the stop and went on");
        return end(new CallEnding.Returned(value));
    }

    private Reached end(CallEnding ending) {
        if (next < history.size()) {
            throw notDeterministic("ended after %d requests".formatted(next));
        }
        // A routine that panics after it named its successor, in a finally, has not returned: the panic counts.
        return successor != null && ending instanceof CallEnding.Returned
                ? new Reached.Becomes(successor)
                : new Reached.Ends(ending);
    }

    @Override
    public <R> R ask(Operation<R> operation) {
        latch();
        if (next == history.size()) {
            reached = new Reached.Asks(operation, line());
            throw new Stop();
        }
        if (history.get(next) instanceof Entry.Did did && did.operation().equals(operation)) {
            next++;
            return operation.results().decode(did.code(), this);
        }
        throw notDeterministic("asked for " + Form.text(operation));
    }

    @Override
    @SuppressWarnings("unchecked")
    public <V> V call(Routine<V> routine) {
        latch();
        if (next == history.size()) {
            reached = new Reached.Calls(routine, line());
            throw new Stop();
        }
        if (history.get(next) instanceof Entry.Called called && called.routine().equals(routine)) {
            next++;
            return switch (called.ending()) {
                case CallEnding.Returned(var value) -> (V) value;
                case CallEnding.Panicked(String reason) -> throw new Panic(reason);
            };
        }
        throw notDeterministic("called " + routine);
    }

    @Override
    @SuppressWarnings({"unchecked", "NullAway"}) // what a routine returns after become is of no account
    public <V> V become(Routine<V> routine) {
        latch();
        if (successor != null) {
            throw refused(
                    new RoutineRefused(
                            "%s becomes both %s and %s at %s".formatted(name(), successor, routine, line())));
        }
        successor = Objects.requireNonNull(routine);
        return (V) null;
    }

    private void latch() {
        if (refused != null) {
            throw refused;
        }
        if (reached != null) {
            throw new Stop();
        }
    }

    /** Latches a refusal too: a routine that catches RuntimeException must not get away with it. */
    private RoutineRefused refused(RoutineRefused refusal) {
        refused = refusal;
        return refusal;
    }

    private void refuseIfLatched(String what) {
        if (reached != null) {
            String at = switch (reached) {
                case Reached.Asks(var operation, String line) -> Form.text(operation) + " at " + line;
                case Reached.Calls(var routine, String line) -> routine + " at " + line;
                case Reached.Ends end -> throw new IllegalStateException("an end latches nothing");
                case Reached.Becomes becomes -> throw new IllegalStateException("an end latches nothing");
            };
            throw new RoutineRefused(name() + " " + what + ", at its request for " + at
                    + ": a routine must not catch Throwable or Error, nor return or throw from finally");
        }
    }

    private RoutineRefused notDeterministic(String now) {
        return refused(new RoutineRefused(
                "%s is not deterministic: after the same %d results it once %s and now %s, at %s"
                        .formatted(name(), next, once(), now, line())));
    }

    private String once() {
        return next < history.size()
                ? switch (history.get(next)) {
                    case Entry.Did(var operation, long code) -> "asked for " + Form.text(operation);
                    case Entry.Called(var routine, var ending) -> "called " + routine;
                }
                : "did not";
    }

    private String name() {
        return scope.getClass().getSimpleName();
    }

    private static String line() {
        return WALKER.walk(frames -> frames.filter(frame -> SourceLine.isSoftware(frame.getClassName()))
                .findFirst()
                .map(frame -> SourceLine.of(frame.toStackTraceElement()))
                .orElse("an unknown line"));
    }
}
