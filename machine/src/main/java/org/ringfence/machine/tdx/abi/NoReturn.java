package org.ringfence.machine.tdx.abi;

import org.ringfence.machine.operation.Outcome;

/** How a leaf function does not come back to its caller. */
public enum NoReturn implements Ending {
    /** The module read poison: TDX is disabled and the logical processor gone. */
    MACHINE_CHECK(Outcome.EXITS),
    /** The leaf is under way: its next step comes later. */
    UNDER_WAY(Outcome.EXITS),
    /** The vCPU has left the TD; its guest asks the leaf again once the host has resumed it. */
    TD_EXIT(Outcome.EXITS),
    /** The vCPU runs an L2 VM; the leaf comes back when that exits to L1. */
    L2_RUNS(Outcome.EXITS),
    /**
     * The logical processor is gone since a machine check, the vCPU is not inside, or the machine has no room for what
     * the leaf makes.
     */
    WAITS(Outcome.WAITS);

    private final long code;

    NoReturn(long code) {
        this.code = code;
    }

    /** What a {@link org.ringfence.machine.operation.Step} ends with. */
    public long code() {
        return code;
    }
}
