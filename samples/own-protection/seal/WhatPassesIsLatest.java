package seal;

import org.ringfence.machine.memory.Ledger;
import org.ringfence.machine.memory.Memory;
import org.ringfence.machine.operation.Invariant;
import org.ringfence.machine.operation.Property;
import org.ringfence.machine.state.State;

/**
 * An invariant, held to each state: what the controller lets through is what the guest is owed, whether or not the
 * guest looks.
 */
record WhatPassesIsLatest(Seal seal, Memory memory, Ledger ledger) implements Invariant {
    @Override
    public Property property() {
        return Property.FRESHNESS;
    }

    @Override
    public long judge(State state) {
        return stale(state) < 0 ? Property.FRESHNESS.exercised() : Property.FRESHNESS.broken();
    }

    private int stale(State state) {
        for (int page = 0; page < seal.geometry().pages(); page++) {
            if (seal.passes(state, page) && memory.look(state, page, Seal.KEY) != ledger.latest().ordinal(state, page)) {
                return page;
            }
        }
        return -1;
    }

    @Override
    public String hurt(State state) {
        return "GPA 0x%X would read as something older, or another's".formatted(seal.geometry().gpa(stale(state)));
    }
}
