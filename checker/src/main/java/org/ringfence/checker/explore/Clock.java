package org.ringfence.checker.explore;

import java.time.Duration;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The limits of one check, from the learning of its software to the replay of its traces. Each phase asks the same
 * clock now and then: how much time has gone, how much of the heap is in use, whether someone wants an end. It is bound
 * to the thread for as long as the check lasts, so that a phase deep inside need not be handed it; where none is bound
 * nothing ends early.
 */
public final class Clock {
    private static final ScopedValue<Clock> CURRENT = ScopedValue.newInstance();

    /** Nanoseconds between two questions to the watcher. */
    private static final long AGAIN = 50_000_000;

    /** Nanoseconds after a limit in which traces of what was found by then may still be made. */
    private static final long GRACE = 1_000_000_000;

    private final Limits limits;
    private final Watcher watcher;
    private final long begun = System.nanoTime();
    private final Heap heap = new Heap();
    private long asked = begun;
    private Exploration.@Nullable Stop stop;
    private long stopped;

    private Clock(Limits limits, Watcher watcher) {
        this.limits = limits;
        this.watcher = watcher;
    }

    /** Does {@code check} within {@code limits}, counted from now; {@code watcher} is asked whether to go on. */
    public static <T> T during(Limits limits, Watcher watcher, Supplier<T> check) {
        return ScopedValue.where(CURRENT, new Clock(limits, watcher)).call(check::get);
    }

    /**
     * To be called by a phase now and then, some hundred times a second at least.
     *
     * @param phase what is being done, as in "the limit on time, while software is learned"
     * @throws LimitReached when the check must end
     */
    public static void tick(String phase) {
        if (CURRENT.isBound()) {
            Clock clock = CURRENT.get();
            Exploration.Stop reached = clock.reached(phase);
            if (reached != null) {
                throw new LimitReached(reached, phase);
            }
        }
    }

    /** As {@link #tick}, for traces: what was found before a limit is worth another second. */
    public static void tickAfterwards(String phase) {
        if (CURRENT.isBound()) {
            Clock clock = CURRENT.get();
            Exploration.Stop reached = clock.reached(phase);
            if (reached != null && System.nanoTime() - clock.stopped > GRACE) {
                throw new LimitReached(reached, phase);
            }
        }
    }

    /** Whether a check must end, and why; null when it need not. */
    public static Exploration.@Nullable Stop stop(String phase) {
        return CURRENT.isBound() ? CURRENT.get().reached(phase) : null;
    }

    /** The limits that are left of {@code limits}. */
    public static Limits rest(Limits limits) {
        if (!CURRENT.isBound()) {
            return limits;
        }
        Duration left = limits.time().minusNanos(System.nanoTime() - CURRENT.get().begun);
        return new Limits(
                limits.states(), limits.bytes(), left.isNegative() ? Duration.ZERO : left, limits.threads());
    }

    private Exploration.@Nullable Stop reached(String phase) {
        if (stop != null) {
            return stop;
        }
        long now = System.nanoTime();
        if (now - begun > limits.time().toNanos()) {
            stop = Exploration.Stop.TIME;
        } else if (now - asked > AGAIN) {
            asked = now;
            if (Thread.currentThread().isInterrupted() || !watcher.goOnWith(phase)) {
                stop = Exploration.Stop.INTERRUPTED;
            } else if (heap.exceeds(limits.bytes())) {
                stop = Exploration.Stop.MEMORY;
            }
        }
        stopped = now;
        return stop;
    }
}
