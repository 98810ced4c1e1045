package org.ringfence.machine.snp.law;

import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Law;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Property;
import org.ringfence.machine.snp.Snp;
import org.ringfence.machine.snp.rmp.ReverseMapTable;
import org.ringfence.machine.state.State;

/**
 * No instruction changes what an immutable RMP entry says of a frame: only the firmware, whose page it is then, by a
 * command of its own ({@code SNP_...}). PSMASH divides an immutable 2M page, and says the same of each of its frames.
 */
public record ImmutableStays(Snp snp) implements Law {
    @Override
    public Property property() {
        return Property.ACCOUNTING;
    }

    @Override
    public long judge(State before, Actor actor, Operation<?> operation, State after) {
        if (!snp.options().immutable() || operation.mnemonic().startsWith("SNP_")) {
            return 0;
        }
        ReverseMapTable rmp = snp.rmp();
        long marks = 0;
        for (int frame = 0; frame < snp.geometry().frames(); frame++) {
            int entry = rmp.entry(before, frame);
            if (rmp.immutable().get(before, entry) != 0) {
                marks |= isSame(rmp, before, after, frame)
                        ? Property.ACCOUNTING.exercised()
                        : Property.ACCOUNTING.broken();
            }
        }
        return marks;
    }

    private static boolean isSame(ReverseMapTable rmp, State before, State after, int frame) {
        int old = rmp.entry(before, frame);
        int now = rmp.entry(after, frame);
        return rmp.assigned().get(before, old) == rmp.assigned().get(after, now)
                && rmp.immutable().get(before, old) == rmp.immutable().get(after, now)
                && rmp.gpa().get(before, old) - old == rmp.gpa().get(after, now) - now
                && rmp.asid().get(before, old) == rmp.asid().get(after, now)
                && rmp.vmsa().get(before, old) == rmp.vmsa().get(after, now)
                && rmp.validated().get(before, old) == rmp.validated().get(after, now);
    }
}
