package org.ringfence.machine.cca.law;

import org.ringfence.machine.cca.Cca;
import org.ringfence.machine.operation.Invariant;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.operation.Property;
import org.ringfence.machine.state.State;

/** No granule that the host can read holds a secret of the realm's, whether or not the host looks. */
public record RealmMemoryIsHidden(Cca cca) implements Invariant {
    @Override
    public Property property() {
        return Property.CONFIDENTIALITY;
    }

    @Override
    public long judge(State state) {
        return shown(state) < 0 ? Property.CONFIDENTIALITY.exercised() : Property.CONFIDENTIALITY.broken();
    }

    private int shown(State state) {
        for (int frame = 0; frame < cca.geometry().frames(); frame++) {
            if (cca.granules().permits(state, frame, false)
                    && cca.memory().value().get(state, frame).isSecretFrom(Principal.HOST)) {
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
