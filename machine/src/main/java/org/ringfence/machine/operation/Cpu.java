package org.ringfence.machine.operation;

/** All that a routine sees of the world. */
public interface Cpu {

    /** Performs {@code operation} and answers its result; other actors may move before it. */
    <R> R ask(Operation<R> operation);

    /**
     * Runs another routine to its end; all that this one remembers of it is what it returned, or the {@link Panic} it
     * threw.
     */
    <V> V call(Routine<V> routine);

    /**
     * Goes on as {@code next} once this routine has returned, and to the same caller: written
     * {@code return cpu.become(next)}. What this routine returns is then of no account.
     */
    <V> V become(Routine<V> next);

    /**
     * {@link #become} for a routine that goes on as itself, with the same or other arguments: how a loop without a
     * bound is written.
     */
    default <V> V again(Routine<V> self) {
        return become(self);
    }

    /** A choice among 0 to {@code options - 1} that nothing in the machine decides; every one is explored. */
    default int choose(int options) {
        return ask(new Choose(options)).intValue();
    }
}
