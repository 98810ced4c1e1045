package org.ringfence.checker.check;

import org.ringfence.checker.explore.Limits;
import org.ringfence.checker.learn.Budget;

/**
 * How a check is done.
 *
 * @param symmetry whether states that differ by names of interchangeable frames only are one
 */
public record Settings(Limits limits, Budget budget, boolean symmetry) {
    /** What {@code check} uses when nothing is said. */
    public static Settings standard() {
        return new Settings(Limits.standard(), Budget.DEFAULT, true);
    }
}
