package org.ringfence.machine.tdx.system;

import org.ringfence.machine.state.State;

/** What the module's leaves about pages and keys ask of a TD's control structure, by the part of the machine that keeps it. */
public interface TdControl {

    /** TDCS.OP_STATE by its number, of the TD with this number. */
    int opState(State state, int td);

    /** How many of the TD's vCPUs are associated with a logical processor. */
    int associatedVcpus(State state, int td);

    /** The TD's TDR, TDCS and everything else is gone: the number is free for another. */
    void forget(State state, int td);
}
