package org.ringfence.machine.tdx.seamcall;

import org.ringfence.machine.state.State;
import org.ringfence.machine.tdx.abi.Ending;
import org.ringfence.machine.tdx.abi.Outputs;
import org.ringfence.machine.tdx.td.FreePage;

/**
 * A leaf function of the host's on Secure EPT entries, bound to a TD and a logical processor: its checks in their
 * order, and what it does.
 */
public interface EntryLeaf {

    /** What stands for the page of an operand that is refused. */
    int INVALID = -1;

    /**
     * Performs it at one entry.
     *
     * @param page the entry's first page, or {@link #INVALID}
     * @param frame R8; {@link FreePage#NONE} where the leaf is given none
     */
    Ending perform(State state, int page, int level, int frame, Outputs outputs);
}
