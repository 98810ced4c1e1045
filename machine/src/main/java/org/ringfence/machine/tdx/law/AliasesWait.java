package org.ringfence.machine.tdx.law;

import org.ringfence.machine.operation.Invariant;
import org.ringfence.machine.operation.Property;
import org.ringfence.machine.state.State;
import org.ringfence.machine.tdx.sept.SeptState;
import org.ringfence.machine.tdx.td.Tdx;

/** An L2 uses no translation of a page that L1 has not accepted: what it found there would be the host's choice. */
public record AliasesWait(Tdx tdx) implements Invariant {
    @Override
    public Property property() {
        return Property.INTEGRITY;
    }

    @Override
    public long judge(State state) {
        long marks = 0;
        for (int page = 0; page < tdx.geometry().pages(); page++) {
            int level = tdx.sept().reached(state, page, 0);
            SeptState found = tdx.sept().state(state, page, level);
            for (int vm = 1; vm <= tdx.options().l2Vms(); vm++) {
                if (found.isPending() && tdx.access().isGranted(state, page, vm)) {
                    return Property.INTEGRITY.broken();
                }
                marks |= found.isPending() ? Property.INTEGRITY.exercised() : 0;
            }
        }
        return marks;
    }
}
