package org.ringfence.machine.memory;

import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Property;
import org.ringfence.machine.state.State;

/**
 * What becomes of the trusted module, or of the host, when its own code consumes poison; {@link GuestMemory#machineCheck} is the same for a guest. A protection whose module
 * can meet poison implements it as a part of the machine; without one the promise that broke is marked and nothing else happens.
 *
 * <p>In a TD the machine check leaves for the TDX module, which makes the TD fatal. In the module itself the logical processor shuts down for good, TDX is disabled on the
 * platform, and every later SEAMCALL ends with VMfailInvalid. On the host it is an ordinary machine check. Source: Intel TDX Module Base Architecture Specification, chapter
 * 16; TDX module 1.5.01, td_exit.c.
 */
public interface MachineChecks {

    /** Whose code consumed the poison. */
    enum Where {
        /** A protected guest's. */
        GUEST,
        /** The trusted module's: SEAM root. */
        MODULE,
        /** The host's, or a device of its. */
        HOST
    }

    /**
     * The module, or the host, consumed poison: records what follows, and {@link #mark marks} it.
     *
     * @param cpu the logical CPU
     */
    void consumed(State state, int cpu, Where where);

    /** Those of {@code machine}. */
    static MachineChecks of(Machine machine) {
        return machine.find(MachineChecks.class).orElse((state, _, where) -> mark(state, where));
    }

    /** Marks the promise that broke: host safety for a machine check on the host, availability for one elsewhere, both for the module's. */
    static void mark(State state, Where where) {
        state.observe(
                switch (where) {
                    case GUEST -> Property.AVAILABILITY.broken();
                    case MODULE -> Property.AVAILABILITY.broken() | Property.HOST_SAFETY.broken();
                    case HOST -> Property.HOST_SAFETY.broken();
                });
    }
}
