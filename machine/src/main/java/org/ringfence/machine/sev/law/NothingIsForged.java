package org.ringfence.machine.sev.law;

import org.ringfence.machine.memory.Ledger;
import org.ringfence.machine.memory.Memory;
import org.ringfence.machine.memory.Value;
import org.ringfence.machine.operation.Invariant;
import org.ringfence.machine.operation.Property;
import org.ringfence.machine.sev.NestedGuest;
import org.ringfence.machine.sev.Sev;
import org.ringfence.machine.state.State;

/**
 * What encryption alone promises of integrity: whatever a host maps, writes, copies and puts back, a page in which the
 * guest has something never reads, through C-bit 1, as what the host wrote, unless the guest put that there itself or
 * had it measured in its launch. What else it reads, older contents, another page's or junk, is the host's to choose.
 */
public record NothingIsForged(Sev sev, Memory memory, Ledger ledger) implements Invariant {
    @Override
    public Property property() {
        return Property.INTEGRITY;
    }

    @Override
    public long judge(State state) {
        return !sev.runs(state) || forged(state) < 0 ? Property.INTEGRITY.exercised() : Property.INTEGRITY.broken();
    }

    private int forged(State state) {
        for (int page = 0; page < memory.geometry().pages(); page++) {
            int frame = sev.npt().lookup(state, page);
            if (frame >= 0
                    && ledger.put().get(state, page) != 0
                    && memory.look(state, frame, NestedGuest.GUEST_KEY) == Value.HOST.ordinal()
                    && !ledger.put().has(state, page, Value.HOST.ordinal())) {
                return page;
            }
        }
        return -1;
    }

    @Override
    public String hurt(State state) {
        return "GPA 0x%X reads as what the host wrote".formatted(memory.geometry().gpa(forged(state)));
    }
}
