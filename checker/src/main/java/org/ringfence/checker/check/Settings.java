package org.ringfence.checker.check;

import org.jspecify.annotations.Nullable;
import org.ringfence.checker.explore.Limits;
import org.ringfence.checker.learn.Budget;

/**
 * How a check is done.
 *
 * @param symmetry whether states that differ by names of interchangeable frames only are one
 * @param keeping where searches are kept on disk; null where they are not
 */
public record Settings(Limits limits, Budget budget, boolean symmetry, @Nullable Keeping keeping) {
    /** Settings of searches that are not kept on disk. */
    public Settings(Limits limits, Budget budget, boolean symmetry) {
        this(limits, budget, symmetry, null);
    }

    /** What {@code check} uses when nothing is said. */
    public static Settings standard() {
        return new Settings(Limits.standard(), Budget.DEFAULT, true);
    }
}
