package org.ringfence.machine.tdx.law;

import org.ringfence.machine.operation.Invariant;
import org.ringfence.machine.operation.Property;
import org.ringfence.machine.state.State;
import org.ringfence.machine.tdx.td.Tdx;

/**
 * A TD whose vCPU is inside, or associated with a logical CPU that may hold its translations, has its key configured on
 * every package. So nothing is read or written under a KeyID that may be somebody else's by now. Of a TD that the
 * module builds.
 */
public record RunsWithKey(Tdx tdx) implements Invariant {
    @Override
    public Property property() {
        return Property.ACCOUNTING;
    }

    @Override
    public long judge(State state) {
        boolean runs = tdx.vcpus().isAnyInside(state) || tdx.associatedVcpus(state) > 0;
        if (!runs) {
            return 0;
        }
        return tdx.root().hasKey(state) ? Property.ACCOUNTING.exercised() : Property.ACCOUNTING.broken();
    }

    @Override
    public String hurt(State state) {
        return "a vCPU is inside a TD, or associated, that has no key";
    }
}
