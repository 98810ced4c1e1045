package org.ringfence.machine.pkvm.law;

import org.ringfence.machine.memory.Ledger;
import org.ringfence.machine.operation.Invariant;
import org.ringfence.machine.operation.Property;
import org.ringfence.machine.pkvm.Pkvm;
import org.ringfence.machine.state.State;

/** A page in which the guest has something reads as that, where it reads at all. */
public record GuestHasWhatItPut(Pkvm pkvm, Ledger ledger) implements Invariant {
    @Override
    public Property property() {
        return Property.FRESHNESS;
    }

    @Override
    public long judge(State state) {
        return lost(state) < 0 ? Property.FRESHNESS.exercised() : Property.FRESHNESS.broken();
    }

    private int lost(State state) {
        for (int page = 0; page < pkvm.geometry().pages(); page++) {
            int frame = pkvm.frame().get(state, page);
            if (ledger.put().get(state, page) != 0
                    && frame >= 0
                    && pkvm.memory().look(state, frame, 0) != ledger.latest().ordinal(state, page)) {
                return page;
            }
        }
        return -1;
    }

    @Override
    public String hurt(State state) {
        return "GPA 0x%X reads as something that the guest did not put there last"
                .formatted(pkvm.geometry().gpa(lost(state)));
    }
}
