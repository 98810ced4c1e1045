package org.ringfence.machine.operation;

import java.util.List;
import org.ringfence.machine.state.State;

/** The laws of a machine: a part that costs no state, and to which scripts and random runs hold each of their steps. */
public record Laws(List<Law> laws) {
    /** No laws. */
    public static final Laws NONE = new Laws(List.of());

    public Laws {
        laws = List.copyOf(laws);
    }

    /** Whether there are none. */
    public boolean isEmpty() {
        return laws.isEmpty();
    }

    /** The marks of all laws together. */
    public long judge(State before, Actor actor, Operation<?> operation, State after) {
        long marks = 0;
        for (int i = 0; i < laws.size(); i++) {
            marks |= laws.get(i).judge(before, actor, operation, after);
        }
        return marks;
    }
}
