package org.ringfence.checker.run;

import java.util.List;
import org.ringfence.machine.state.Layout;

/**
 * A way to a breach, replayed.
 *
 * @param steps in order
 * @param standing before what each actor stands that has not ended
 * @param around the state at the end, an entry a line
 */
public record Trace(List<Step> steps, List<Standing> standing, List<String> around) {

    /** An actor, and the operation that it asks next. */
    public record Standing(String who, String operation) {}

    /**
     * One step.
     *
     * @param who the actor or the untrusted principal
     * @param operation in the architecture's words
     * @param result in the architecture's words; empty where an untrusted principal's operation simply succeeds
     * @param changes what it changed
     * @param line where the actor's routine asked for it; empty for an untrusted principal
     */
    public record Step(String who, String operation, String result, List<Layout.Change> changes, String line) {
        public Step {
            changes = List.copyOf(changes);
        }
    }

    public Trace {
        steps = List.copyOf(steps);
        standing = List.copyOf(standing);
        around = List.copyOf(around);
    }
}
