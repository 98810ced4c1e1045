package org.ringfence.machine.snp.law;

import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Law;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Property;
import org.ringfence.machine.snp.Snp;
import org.ringfence.machine.snp.VmsaPages;
import org.ringfence.machine.state.FrameRef;
import org.ringfence.machine.state.State;

/**
 * A vCPU that begins to run from a VMSA page finds one that the guest has taken and made a VMSA, and from which no
 * other vCPU runs.
 */
public record VmsasRunOnce(Snp snp) implements Law {
    @Override
    public Property property() {
        return Property.INTEGRITY;
    }

    @Override
    public long judge(State before, Actor actor, Operation<?> operation, State after) {
        VmsaPages vmsas = snp.rmp().vmsas();
        long marks = 0;
        for (int vcpu = 0; vcpu < vmsas.vcpus(); vcpu++) {
            int frame = vmsas.frame().get(after, vcpu);
            boolean begins = vmsas.cpus().isWithHost(before, vcpu) && !vmsas.cpus().isWithHost(after, vcpu);
            if (begins && frame != FrameRef.NONE) {
                marks |= snp.rmp().isGuestsVmsa(after, frame) && isAlone(after, vcpu, frame)
                        ? Property.INTEGRITY.exercised()
                        : Property.INTEGRITY.broken();
            }
        }
        return marks;
    }

    private boolean isAlone(State state, int vcpu, int frame) {
        VmsaPages vmsas = snp.rmp().vmsas();
        for (int other = 0; other < vmsas.vcpus(); other++) {
            if (other != vcpu
                    && vmsas.frame().get(state, other) == frame
                    && !vmsas.cpus().isWithHost(state, other)) {
                return false;
            }
        }
        return true;
    }
}
