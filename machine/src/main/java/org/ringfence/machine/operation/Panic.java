package org.ringfence.machine.operation;

import java.util.Objects;

/**
 * Software gives up: thrown by a routine, passes through its callers like any exception, and ends the actor when nobody
 * catches it.
 */
public final class Panic extends RuntimeException {
    private static final long serialVersionUID = 1;

    public Panic(String reason) {
        super(reason, null, false, false);
    }

    /** Why. */
    public String reason() {
        return Objects.requireNonNull(getMessage());
    }
}
