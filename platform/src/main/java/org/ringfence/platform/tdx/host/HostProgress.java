package org.ringfence.platform.tdx.host;

import java.util.function.Supplier;

/** Is told now and then how far a run is. */
@FunctionalInterface
public interface HostProgress {

    /**
     * The run has come further.
     *
     * @param how far, in words; made only when asked for
     * @return whether it goes on
     */
    boolean goesOn(Supplier<String> how);
}
