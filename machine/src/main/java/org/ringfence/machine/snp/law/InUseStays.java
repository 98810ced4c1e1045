package org.ringfence.machine.snp.law;

import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Law;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Property;
import org.ringfence.machine.snp.Snp;
import org.ringfence.machine.snp.VmsaPages;
import org.ringfence.machine.snp.firmware.SnpCommand;
import org.ringfence.machine.snp.rmp.Pvalidate;
import org.ringfence.machine.snp.rmp.Rmpadjust;
import org.ringfence.machine.state.FrameRef;
import org.ringfence.machine.state.State;

/**
 * No instruction of the host's changes the RMP entry of a VMSA page from which a vCPU runs, not even to divide the 2M
 * page that it lies in. The guest itself, whose page it is, may.
 */
public record InUseStays(Snp snp) implements Law {
    @Override
    public Property property() {
        return Property.ACCOUNTING;
    }

    @Override
    public long judge(State before, Actor actor, Operation<?> operation, State after) {
        VmsaPages vmsas = snp.rmp().vmsas();
        if (operation instanceof Pvalidate || operation instanceof Rmpadjust || operation instanceof SnpCommand) {
            return 0;
        }
        long marks = 0;
        for (int vcpu = 0; vcpu < vmsas.vcpus(); vcpu++) {
            int frame = vmsas.frame().get(before, vcpu);
            if (frame != FrameRef.NONE && !vmsas.cpus().isWithHost(before, vcpu)) {
                marks |= snp.rmp().isSame(before, after, frame)
                        && snp.rmp().isLarge(before, frame) == snp.rmp().isLarge(after, frame)
                                ? Property.ACCOUNTING.exercised()
                                : Property.ACCOUNTING.broken();
            }
        }
        return marks;
    }
}
