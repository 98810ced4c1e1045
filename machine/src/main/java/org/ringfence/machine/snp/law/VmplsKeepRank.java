package org.ringfence.machine.snp.law;

import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Law;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.operation.Property;
import org.ringfence.machine.snp.Snp;
import org.ringfence.machine.snp.rmp.ReverseMapTable;
import org.ringfence.machine.state.State;

/**
 * Software in the guest changes only what VMPLs below its own may do, and gives none of them what it has not got
 * itself. So what a VMPL may do with a page is what more privileged ones have let it do.
 */
public record VmplsKeepRank(Snp snp) implements Law {
    private static final int LAST_VMPL = 3;

    @Override
    public Property property() {
        return Property.ACCOUNTING;
    }

    @Override
    public long judge(State before, Actor actor, Operation<?> operation, State after) {
        if (actor.principal() != Principal.GUEST && actor.principal() != Principal.INNER_GUEST) {
            return 0;
        }
        int vmpl = Snp.vmpl(actor);
        ReverseMapTable rmp = snp.rmp();
        long marks = 0;
        for (int frame = 0; frame < snp.geometry().frames(); frame++) {
            int own = rmp.permissions(before, frame, vmpl);
            for (int target = 1; target <= LAST_VMPL; target++) {
                int now = rmp.permissions(after, frame, target);
                if (now != rmp.permissions(before, frame, target)) {
                    boolean may = target > vmpl && (now & ~own) == 0;
                    marks |= may ? Property.ACCOUNTING.exercised() : Property.ACCOUNTING.broken();
                }
            }
        }
        return marks;
    }
}
