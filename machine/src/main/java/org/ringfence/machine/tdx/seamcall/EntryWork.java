package org.ringfence.machine.tdx.seamcall;

import org.ringfence.machine.state.State;
import org.ringfence.machine.tdx.abi.Outputs;
import org.ringfence.machine.tdx.td.Refusal;

/** What a leaf of the host's does at a Secure EPT entry that its {@link SeptEntryChecks} has let it to; bound to a TD. */
public interface EntryWork {

    /** 4K frames of the page that the leaf is given in R8; 0 where it is given none. */
    default int frames(int level) {
        return 0;
    }

    /** Whether the frames given must be free: the module's check of their PAMT type is on. */
    default boolean checksFrame() {
        return true;
    }

    /** What the leaf checks further of the entry, before it looks at R8. */
    Refusal check(State state, int page, int level);

    /** What the leaf checks where it compares the frame with the entry, before it looks whether there is such a page. */
    default Refusal checkFrame(State state, int page, int level, int frame) {
        return Refusal.TDX_SUCCESS;
    }

    /** What the leaf does. */
    void commit(State state, int page, int level, int frame, Outputs outputs);
}
