package org.ringfence.machine.snp.law;

import org.ringfence.machine.memory.GuestMemory.Mapping;
import org.ringfence.machine.operation.Invariant;
import org.ringfence.machine.operation.Property;
import org.ringfence.machine.snp.Snp;
import org.ringfence.machine.state.State;

/**
 * Of a 2M nested mapping the guest's private accesses reach either every page or none. The CPU may keep such a
 * translation as one, after it has held one access against the RMP: what it keeps must lead to none but the guest's own
 * frames.
 */
public record LargeMappingsAreWhole(Snp snp) implements Invariant {
    @Override
    public Property property() {
        return Property.INTEGRITY;
    }

    @Override
    public long judge(State state) {
        long marks = 0;
        int span = snp.geometry().smallPerLarge();
        for (int page = 0; span > 1 && page < snp.geometry().pages(); page += span) {
            if (snp.npt().isLarge(state, page)) {
                marks |= isWhole(state, page, 0) && isWhole(state, page, Snp.INNER_VMPL)
                        ? Property.INTEGRITY.exercised()
                        : Property.INTEGRITY.broken();
            }
        }
        return marks;
    }

    private boolean isWhole(State state, int page, int vmpl) {
        boolean first = isReached(state, page, vmpl);
        for (int i = 1; i < snp.geometry().smallPerLarge(); i++) {
            if (isReached(state, page + i, vmpl) != first) {
                return false;
            }
        }
        return true;
    }

    private boolean isReached(State state, int page, int vmpl) {
        return snp.check(state, vmpl, page, Mapping.PRIVATE, false) >= 0;
    }

    @Override
    public String hurt(State state) {
        return "a 2M nested mapping that leads to a frame which is not the guest's at that page";
    }
}
