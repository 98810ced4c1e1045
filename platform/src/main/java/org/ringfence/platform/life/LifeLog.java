package org.ringfence.platform.life;

import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Outcome;

/** Is told of every operation, for those who want a log of a life. */
@FunctionalInterface
public interface LifeLog {
    /**
     * An operation was performed.
     *
     * @param actor who asked for it
     * @param outcome the code of its result, or an {@link Outcome} where the vCPU left for the host
     */
    void performed(LifeStage stage, String actor, Operation<?> operation, long outcome);

    /** An outcome as a trace prints it; {@code exits} or {@code calls} where the vCPU left for the host. */
    static String printed(Operation<?> operation, long outcome) {
        if (outcome == Outcome.EXITS) {
            return "exits";
        }
        return outcome == Outcome.CALLS ? "calls" : operation.results().print(outcome);
    }
}
