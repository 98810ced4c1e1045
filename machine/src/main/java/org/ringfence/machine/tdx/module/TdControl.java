package org.ringfence.machine.tdx.module;

import java.util.Comparator;
import java.util.List;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.state.State;

/**
 * What the module's leaves about pages and keys ask of a TD's control structure: of the part of the machine that keeps
 * it, one for each TD.
 */
public interface TdControl {

    /** The TD's number, from 0. */
    int td();

    /** TDCS.OP_STATE by its number. */
    int opState(State state);

    /** How many of the TD's vCPUs are associated with a logical processor. */
    int associatedVcpus(State state);

    /** Pages that the TD's vCPUs have beside their TDVPRs. */
    int vcpuPages(State state);

    /**
     * Whether a vCPU of the TD's holds the lock of the page in {@code frame}: until its TD exit, TDH.VP.ENTER holds
     * that of its TDVPR and of the TDR, shared.
     */
    boolean holds(State state, int frame);

    /** Whether a vCPU of any of {@code controls} does. */
    static boolean holds(List<TdControl> controls, State state, int frame) {
        for (int td = 0; td < controls.size(); td++) {
            if (controls.get(td).holds(state, frame)) {
                return true;
            }
        }
        return false;
    }

    /** The TD's TDR, TDCS and everything else is gone: the number is free for another. */
    void forget(State state);

    /** Those of a machine, by their numbers; none where nobody keeps them. */
    static List<TdControl> of(Machine machine) {
        List<TdControl> controls = machine.parts(TdControl.class);
        return controls.size() < 2
                ? controls
                : controls.stream().sorted(Comparator.comparingInt(TdControl::td)).toList();
    }
}
