package org.ringfence.machine.cca.granule;

import org.ringfence.machine.cca.CcaGuard;
import org.ringfence.machine.memory.HostMemory;
import org.ringfence.machine.operation.Guards;
import org.ringfence.machine.state.Declaration;
import org.ringfence.machine.state.Enumerated;
import org.ringfence.machine.state.State;

/**
 * The RMM's table of granules, and with it the granule protection table: a granule that is not NS lies in the Realm
 * physical address space, and an access of the host's or of a device's to it ends in a granule protection fault. EL3,
 * which keeps that table, changes it in the same step.
 *
 * @param state of each frame
 */
public record Granules(Enumerated<GranuleState> state, Guards guards) implements HostMemory {

    /** Declares one entry a frame; all are the host's. */
    public static Granules declare(Declaration declaration, Guards guards) {
        return new Granules(declaration.perFrame("granule").enumerated("state", GranuleState.class), guards);
    }

    /** Whether {@code frame} is in this state. */
    public boolean is(State state, int frame, GranuleState wanted) {
        return this.state.is(state, frame, wanted);
    }

    /** Puts {@code frame} into this state. */
    public void set(State state, int frame, GranuleState next) {
        this.state.set(state, frame, next);
    }

    /** Whether the granule protection check lets through an access that is made as Non-secure. */
    @Override
    public boolean permits(State state, int frame, boolean write) {
        return is(state, frame, GranuleState.NS) || !guards.checks(CcaGuard.GPC_NON_SECURE_ACCESS_IS_TO_NS);
    }

    /** Whether it lets through an access that a realm makes to its protected memory. */
    public boolean permitsRealm(State state, int frame) {
        return !is(state, frame, GranuleState.NS);
    }
}
