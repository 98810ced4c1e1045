package org.ringfence.machine.s390.law;

import org.ringfence.machine.memory.Ledger;
import org.ringfence.machine.memory.Value;
import org.ringfence.machine.operation.Invariant;
import org.ringfence.machine.operation.Property;
import org.ringfence.machine.s390.SecureState;
import org.ringfence.machine.s390.Ultravisor;
import org.ringfence.machine.state.State;

/**
 * A secure page in which the guest has something holds that, or zeroes where the host has destroyed it: nothing of the
 * host's choosing.
 */
public record NothingIsPutInItsPlace(Ultravisor uv, Ledger ledger) implements Invariant {
    @Override
    public Property property() {
        return Property.INTEGRITY;
    }

    @Override
    public long judge(State state) {
        return wrong(state) < 0 ? Property.INTEGRITY.exercised() : Property.INTEGRITY.broken();
    }

    private int wrong(State state) {
        for (int page = 0; page < uv.geometry().pages(); page++) {
            int frame = uv.frame().get(state, page);
            if (ledger.put().get(state, page) != 0 && frame >= 0 && uv.state().is(state, frame, SecureState.SECURE)) {
                int held = uv.memory().look(state, frame, 0);
                if (held != ledger.latest().ordinal(state, page) && held != Value.ZERO.ordinal()) {
                    return page;
                }
            }
        }
        return -1;
    }

    @Override
    public String hurt(State state) {
        return "GPA 0x%X, which holds what its guest did not put there".formatted(uv.geometry().gpa(wrong(state)));
    }
}
