package org.ringfence.machine.snp.law;

import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.Level;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Law;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Property;
import org.ringfence.machine.snp.Snp;
import org.ringfence.machine.snp.rmp.Pvalidate;
import org.ringfence.machine.snp.rmp.ReverseMapTable;
import org.ringfence.machine.snp.rmp.Rmpadjust;
import org.ringfence.machine.state.State;

/**
 * PVALIDATE and RMPADJUST, where they change anything, do to every page that they name what they are asked to do, and
 * nothing to any other: a guest that has been told of success for 2M need not look at its 4K pages one by one.
 */
public record ChangesWhatItNames(Snp snp) implements Law {
    @Override
    public Property property() {
        return Property.ACCOUNTING;
    }

    @Override
    public long judge(State before, Actor actor, Operation<?> operation, State after) {
        return switch (operation) {
            case Pvalidate(long gpa, Level size, boolean validate) -> validation(before, after, gpa, size, validate);
            case Rmpadjust adjust -> permissions(before, after, adjust);
            default -> 0;
        };
    }

    private long validation(State before, State after, long gpa, Level size, boolean validate) {
        Geometry geometry = snp.geometry();
        ReverseMapTable rmp = snp.rmp();
        int first = geometry.page(gpa);
        int span = geometry.span(size);
        boolean changed = false;
        int taken = 0;
        for (int frame = 0; frame < geometry.frames(); frame++) {
            int was = rmp.validatedAt(before, frame);
            int now = rmp.validatedAt(after, frame);
            changed |= was != now;
            if (was != now && !isWithin(Math.max(was, now), first, span)) {
                return Property.ACCOUNTING.broken();
            }
            taken += isWithin(now, first, span) ? 1 : 0;
        }
        if (!changed) {
            return 0;
        }
        boolean all = validate ? taken >= span : taken == 0;
        return all ? Property.ACCOUNTING.exercised() : Property.ACCOUNTING.broken();
    }

    private long permissions(State before, State after, Rmpadjust adjust) {
        Geometry geometry = snp.geometry();
        ReverseMapTable rmp = snp.rmp();
        int first = geometry.page(adjust.gpa());
        int span = geometry.span(adjust.size());
        int target = adjust.targetVmpl();
        boolean changed = false;
        boolean all = true;
        for (int frame = 0; target <= 3 && frame < geometry.frames(); frame++) {
            int now = rmp.permissions(after, frame, target);
            boolean other = now != rmp.permissions(before, frame, target);
            boolean named = isWithin(rmp.validatedAt(after, frame), first, span);
            changed |= other;
            if (other && !named) {
                return Property.ACCOUNTING.broken();
            }
            all &= !named || now == adjust.permissions();
        }
        if (!changed) {
            return 0;
        }
        return all ? Property.ACCOUNTING.exercised() : Property.ACCOUNTING.broken();
    }

    private static boolean isWithin(int page, int first, int span) {
        return page >= first && page < first + span;
    }
}
