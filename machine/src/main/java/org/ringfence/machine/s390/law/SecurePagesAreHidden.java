package org.ringfence.machine.s390.law;

import org.ringfence.machine.memory.Memory;
import org.ringfence.machine.memory.Value;
import org.ringfence.machine.operation.Invariant;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.operation.Property;
import org.ringfence.machine.s390.Ultravisor;
import org.ringfence.machine.state.State;

/** No frame that the host reaches shows it a secret of the guest's, where the guest shares none. */
public record SecurePagesAreHidden(Ultravisor uv) implements Invariant {
    private static final Value[] VALUES = Value.values();

    @Override
    public Property property() {
        return Property.CONFIDENTIALITY;
    }

    @Override
    public long judge(State state) {
        return shown(state) < 0 ? Property.CONFIDENTIALITY.exercised() : Property.CONFIDENTIALITY.broken();
    }

    private int shown(State state) {
        for (int frame = 0; frame < uv.geometry().frames(); frame++) {
            int seen = uv.memory().look(state, frame, 0);
            if (seen != Memory.JUNK
                    && uv.permits(state, frame, false)
                    && VALUES[seen].isSecretFrom(Principal.HOST)) {
                return frame;
            }
        }
        return -1;
    }

    @Override
    public String hurt(State state) {
        return "frame %d, which the host can read and which holds a secret".formatted(shown(state));
    }
}
