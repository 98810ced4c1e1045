package org.ringfence.platform.life;

import java.util.function.Supplier;

/** Is told now and then how far a life is. */
@FunctionalInterface
public interface LifeProgress {
    /**
     * The life has come further.
     *
     * @param how far, in words; made only when asked for
     * @return whether it goes on
     */
    boolean goesOn(Supplier<String> how);
}
