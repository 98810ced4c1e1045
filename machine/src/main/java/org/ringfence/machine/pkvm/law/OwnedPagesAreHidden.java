package org.ringfence.machine.pkvm.law;

import org.ringfence.machine.operation.Invariant;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.operation.Property;
import org.ringfence.machine.pkvm.Pkvm;
import org.ringfence.machine.state.State;

/** No page that the host reaches holds a secret of the guest's, where the guest shares none. */
public record OwnedPagesAreHidden(Pkvm pkvm) implements Invariant {
    @Override
    public Property property() {
        return Property.CONFIDENTIALITY;
    }

    @Override
    public long judge(State state) {
        return shown(state) < 0 ? Property.CONFIDENTIALITY.exercised() : Property.CONFIDENTIALITY.broken();
    }

    private int shown(State state) {
        for (int frame = 0; frame < pkvm.geometry().frames(); frame++) {
            if (pkvm.permits(state, frame, false)
                    && pkvm.memory().value().get(state, frame).isSecretFrom(Principal.HOST)) {
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
