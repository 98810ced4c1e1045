package org.ringfence.checker.learn;

import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Routine;

/** Where one run of a scope got to. */
sealed interface Reached {
    /** It asks for an operation, at a line. */
    record Asks(Operation<?> operation, String line) implements Reached {}

    /** It calls a routine, at a line. */
    record Calls(Routine<?> routine, String line) implements Reached {}

    /** It came back. */
    record Ends(CallEnding ending) implements Reached {}

    /** It goes on as another routine. */
    record Becomes(Routine<?> routine) implements Reached {}
}
