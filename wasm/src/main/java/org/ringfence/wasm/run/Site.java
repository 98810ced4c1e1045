package org.ringfence.wasm.run;

import org.ringfence.machine.operation.Answer;
import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Operation;

/** A line of the source that calls an import: whoever looks at the stack while it asks finds that line. */
public interface Site {
    /** Asks. */
    <R> R ask(Cpu cpu, Operation<R> operation);

    /** Whether an answer is a value. */
    boolean is(Answer answer, long value);
}
