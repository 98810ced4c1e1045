package org.ringfence.machine.snp.law;

import org.ringfence.machine.operation.Invariant;
import org.ringfence.machine.operation.Property;
import org.ringfence.machine.snp.Snp;
import org.ringfence.machine.state.State;

/**
 * No two frames are validated for one page of the guest: else the host exchanges them by its nested page table alone,
 * and no access faults. That no frame is validated for two pages, the form of the RMP sees to.
 */
public record SnpInjectivity(Snp snp) implements Invariant {
    private static final long EXERCISED = Property.INJECTIVITY.exercised();
    private static final long BROKEN = Property.INJECTIVITY.broken();

    @Override
    public Property property() {
        return Property.INJECTIVITY;
    }

    @Override
    public long judge(State state) {
        int frames = snp.geometry().frames();
        long marks = 0;
        for (int frame = 0; frame < frames; frame++) {
            int page = snp.rmp().validatedAt(state, frame);
            if (page >= 0) {
                marks |= EXERCISED;
                for (int other = frame + 1; other < frames; other++) {
                    if (snp.rmp().validatedAt(state, other) == page) {
                        return BROKEN;
                    }
                }
            }
        }
        return marks;
    }

    @Override
    public String hurt(State state) {
        int frames = snp.geometry().frames();
        for (int frame = 0; frame < frames; frame++) {
            int page = snp.rmp().validatedAt(state, frame);
            for (int other = frame + 1; page >= 0 && other < frames; other++) {
                if (snp.rmp().validatedAt(state, other) == page) {
                    return "GPA 0x%X is validated in frame %d and in frame %d"
                            .formatted(snp.geometry().gpa(page), frame, other);
                }
            }
        }
        return "";
    }
}
