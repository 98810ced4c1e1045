package org.ringfence.machine.tdx.law;

import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Law;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Property;
import org.ringfence.machine.state.State;
import org.ringfence.machine.tdx.sept.Sept;
import org.ringfence.machine.tdx.sept.SeptTable;
import org.ringfence.machine.tdx.td.Tdx;

/**
 * A TD that consumed poison runs no more, and no leaf works on its Secure EPT any more: else a host could try again
 * whether a forged line passes for the TD's. What takes the TD down does not look at the Secure EPT.
 */
public record FatalStays(Tdx tdx) implements Law {
    @Override
    public Property property() {
        return Property.INTEGRITY;
    }

    @Override
    public long judge(State before, Actor actor, Operation<?> operation, State after) {
        if (!tdx.isFatal(before)) {
            return 0;
        }
        boolean runs = false;
        for (int vcpu = 0; vcpu < tdx.vcpus().count(); vcpu++) {
            int number = tdx.vcpus().first() + vcpu;
            runs |= tdx.vcpus().isWithHost(before, number) && !tdx.vcpus().isWithHost(after, number);
        }
        return runs || !isSame(before, after) ? Property.INTEGRITY.broken() : Property.INTEGRITY.exercised();
    }

    private boolean isSame(State before, State after) {
        Sept sept = tdx.sept();
        for (int level = 0; level < sept.options().kept(); level++) {
            SeptTable table = sept.table(level);
            for (int index = 0; index < table.count(); index++) {
                if (table.state().ordinal(before, index) != table.state().ordinal(after, index)) {
                    return false;
                }
            }
        }
        return true;
    }
}
