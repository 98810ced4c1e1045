package org.ringfence.checker.platform;

import org.ringfence.checker.check.Restraint;
import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.snp.Permissions;
import org.ringfence.machine.snp.Pvalidate;
import org.ringfence.machine.snp.ReverseMapTable;
import org.ringfence.machine.snp.Rmpadjust;
import org.ringfence.machine.snp.Snp;
import org.ringfence.machine.state.State;

/**
 * A guest that validates no page which is validated, in whatever frame: what a guest can know that notes what it has validated. One that does lets two
 * frames be valid for a page, and no protection keeps it from that. Nor does it grant a lower VMPL anything. What runs at a lower VMPL is under no
 * restraint.
 */
record CarefulGuest() implements Restraint {
    @Override
    public Condition on(Machine machine, Actor actor, Operation<?> operation) {
        if (actor.principal() != Principal.GUEST) {
            return ALWAYS;
        }
        if (operation instanceof Rmpadjust rmpadjust) {
            return rmpadjust.permissions() == Permissions.NONE ? ALWAYS : state -> false;
        }
        return operation instanceof Pvalidate pvalidate && pvalidate.validate()
                ? unlessValidated(machine, pvalidate)
                : ALWAYS;
    }

    private static Condition unlessValidated(Machine machine, Pvalidate pvalidate) {
        Snp snp = machine.part(Snp.class);
        Geometry geometry = snp.geometry();
        int page = geometry.page(pvalidate.gpa());
        int last = page + geometry.span(pvalidate.size()) - 1;
        return state -> !isValidated(snp.rmp(), geometry, state, page, last);
    }

    private static boolean isValidated(ReverseMapTable rmp, Geometry geometry, State state, int first, int last) {
        for (int frame = 0; frame < geometry.frames(); frame++) {
            int at = rmp.validatedAt(state, frame);
            if (at >= first && at <= last) {
                return true;
            }
        }
        return false;
    }
}
