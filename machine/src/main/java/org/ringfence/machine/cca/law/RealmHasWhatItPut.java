package org.ringfence.machine.cca.law;

import org.ringfence.machine.cca.Cca;
import org.ringfence.machine.cca.rtt.RttEntry;
import org.ringfence.machine.memory.Ledger;
import org.ringfence.machine.operation.Invariant;
import org.ringfence.machine.operation.Property;
import org.ringfence.machine.state.State;

/** A page in which the realm has something reads as that, where it reads at all. */
public record RealmHasWhatItPut(Cca cca, Ledger ledger) implements Invariant {
    @Override
    public Property property() {
        return Property.FRESHNESS;
    }

    @Override
    public long judge(State state) {
        return lost(state) < 0 ? Property.FRESHNESS.exercised() : Property.FRESHNESS.broken();
    }

    private int lost(State state) {
        for (int page = 0; page < cca.geometry().pages(); page++) {
            int entry = cca.rtt().walk(state, Cca.GUEST, page);
            if (ledger.put().get(state, page) != 0
                    && cca.rtt().entry().is(state, entry, RttEntry.ASSIGNED_RAM)
                    && cca.memory().look(state, cca.rtt().frame(state, entry, page), 0)
                            != ledger.latest().ordinal(state, page)) {
                return page;
            }
        }
        return -1;
    }

    @Override
    public String hurt(State state) {
        return "GPA 0x%X reads as something that the realm did not put there last"
                .formatted(cca.geometry().gpa(lost(state)));
    }
}
