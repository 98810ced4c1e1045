package org.ringfence.machine.tdx.law;

import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Law;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Property;
import org.ringfence.machine.state.State;
import org.ringfence.machine.tdx.td.OpState;
import org.ringfence.machine.tdx.td.Tdcs;
import org.ringfence.machine.tdx.td.Tdx;

/**
 * A TD runs once its launch is finished, not before; and from then on nothing changes what was measured, nor is the TD
 * in its launch again. Once it is initialized, no page comes to its TDCS, or goes.
 */
public record LaunchStays(Tdx tdx) implements Law {
    @Override
    public Property property() {
        return Property.INTEGRITY;
    }

    @Override
    public long judge(State before, Actor actor, Operation<?> operation, State after) {
        Tdcs control = tdx.control();
        if (!control.kept()) {
            return 0;
        }
        if (!tdx.root().hasKey(before) || !tdx.root().hasKey(after)) {
            return 0;
        }
        if (control.opState(before) != OpState.UNINITIALIZED && tdx.root().tdcx(before) != tdx.root().tdcx(after)) {
            return Property.INTEGRITY.broken();
        }
        if (control.opState(before) == OpState.RUNNABLE) {
            boolean same = control.opState(after) == OpState.RUNNABLE
                    && control.measured().get(before) == control.measured().get(after);
            return same ? Property.INTEGRITY.exercised() : Property.INTEGRITY.broken();
        }
        for (int vcpu = 0; vcpu < tdx.vcpus().count(); vcpu++) {
            if (!tdx.vcpus().isWithHost(after, tdx.vcpus().first() + vcpu)
                    && control.opState(after) != OpState.RUNNABLE) {
                return Property.INTEGRITY.broken();
            }
        }
        return 0;
    }
}
