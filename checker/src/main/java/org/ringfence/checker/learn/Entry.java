package org.ringfence.checker.learn;

import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Routine;

/** One entry of a history. */
sealed interface Entry {
    /** An operation was done with the result of this code. */
    record Did(Operation<?> operation, long code) implements Entry {}

    /** A routine was called and came back. */
    record Called(Routine<?> routine, CallEnding ending) implements Entry {}
}
