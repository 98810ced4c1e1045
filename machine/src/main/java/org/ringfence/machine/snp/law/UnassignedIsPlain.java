package org.ringfence.machine.snp.law;

import org.ringfence.machine.operation.Invariant;
import org.ringfence.machine.operation.Property;
import org.ringfence.machine.snp.Snp;
import org.ringfence.machine.snp.rmp.ReverseMapTable;
import org.ringfence.machine.state.State;

/**
 * An RMP entry that is not assigned says nothing of a guest: no ASID, not validated, no VMSA, no permissions; and
 * immutable it is only where the firmware has made it HV_Fixed.
 */
public record UnassignedIsPlain(Snp snp) implements Invariant {
    @Override
    public Property property() {
        return Property.ACCOUNTING;
    }

    @Override
    public long judge(State state) {
        for (int frame = 0; frame < snp.geometry().frames(); frame++) {
            if (!isPlain(state, frame)) {
                return Property.ACCOUNTING.broken();
            }
        }
        return 0;
    }

    private boolean isPlain(State state, int frame) {
        ReverseMapTable rmp = snp.rmp();
        return rmp.assigned().get(state, frame)
                || (rmp.asid().get(state, frame) == 0
                        && !rmp.validated().get(state, frame)
                        && rmp.vmsa().get(state, frame) == 0
                        && rmp.masks().raw(state, frame) == 0
                        && (rmp.options().firmware() || !rmp.isImmutable(state, frame)));
    }

    @Override
    public String hurt(State state) {
        for (int frame = 0; frame < snp.geometry().frames(); frame++) {
            if (!isPlain(state, frame)) {
                return "the RMP entry of frame %d is not assigned and says more".formatted(frame);
            }
        }
        return "";
    }
}
