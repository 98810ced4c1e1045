package org.ringfence.machine.snp.law;

import org.ringfence.machine.operation.Invariant;
import org.ringfence.machine.operation.Property;
import org.ringfence.machine.snp.Snp;
import org.ringfence.machine.snp.rmp.ReverseMapTable;
import org.ringfence.machine.state.State;

/**
 * The RMP entries of a 2M page agree: its head is assigned and lies on a 2M boundary, its tails are assigned and say
 * nothing else. The tails that SNP_PAGE_UNSMASH makes keep the GPA and the validated bit they had.
 */
public record TailsAgree(Snp snp) implements Invariant {
    @Override
    public Property property() {
        return Property.ACCOUNTING;
    }

    @Override
    public long judge(State state) {
        int span = snp.geometry().smallPerLarge();
        ReverseMapTable rmp = snp.rmp();
        long marks = 0;
        for (int frame = 0; frame < snp.geometry().frames(); frame++) {
            int head = snp.geometry().head(frame);
            boolean inLarge = span > 1 && rmp.pagesize().get(state, head) != 0;
            if (inLarge) {
                marks |= Property.ACCOUNTING.exercised();
            }
            boolean agrees = rmp.assigned().get(state, frame) ? !inLarge || frame == head || isTail(state, frame)
                    : !inLarge;
            if (!agrees) {
                return Property.ACCOUNTING.broken();
            }
        }
        return marks;
    }

    private boolean isTail(State state, int frame) {
        ReverseMapTable rmp = snp.rmp();
        return rmp.pagesize().get(state, frame) == 0
                && rmp.asid().get(state, frame) == 0
                && (rmp.options().firmware()
                        || (rmp.gpa().get(state, frame) == 0 && !rmp.validated().get(state, frame)));
    }

    @Override
    public String hurt(State state) {
        return "RMP entries of one 2M page that do not agree";
    }
}
