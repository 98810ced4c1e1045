package org.ringfence.machine.operation;

import org.jspecify.annotations.Nullable;

/**
 * A CPU on which routines run as they are written, to their end: a call on the stack, and what a routine becomes after
 * it.
 */
public abstract class RunningCpu implements Cpu {
    private @Nullable Routine<?> successor;

    /** Runs {@code first}, and what it becomes, and so on; answers what the last of them returns. */
    @SuppressWarnings({"unchecked", "NullAway"}) // a routine of type V returns a V, or becomes one that does
    protected final <V> V toTheEnd(Routine<V> first) {
        Routine<?> routine = first;
        while (true) {
            successor = null;
            Object value = routine.run(this);
            Routine<?> next = successor;
            successor = null;
            if (next == null) {
                return (V) value;
            }
            routine = next;
        }
    }

    @Override
    public final <V> V call(Routine<V> routine) {
        Routine<?> mine = successor;
        try {
            return toTheEnd(routine);
        } finally {
            successor = mine;
        }
    }

    @Override
    @SuppressWarnings({"unchecked", "NullAway"}) // what a routine returns after become is of no account
    public final <V> V become(Routine<V> next) {
        successor = next;
        return (V) null;
    }
}
