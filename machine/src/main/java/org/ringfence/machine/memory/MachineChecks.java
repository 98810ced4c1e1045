package org.ringfence.machine.memory;

import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Outcome;
import org.ringfence.machine.operation.Property;
import org.ringfence.machine.state.State;

/**
 * What becomes of someone who consumes poison. A protection whose guests or whose module can meet poison implements it
 * as a part of the machine; without one the {@linkplain #PLAIN plain} rule holds.
 *
 * <p>In a TD the machine check leaves for the TDX module, which makes the TD fatal: TDH.VP.ENTER returns
 * 0x6000000500000000, later ones TDX_TD_FATAL. In the module itself the logical processor shuts down for good, TDX is
 * disabled on the platform, and every later SEAMCALL ends with VMfailInvalid. On the host it is an ordinary machine
 * check. Source: Intel TDX Module Base Architecture Specification, chapter 16; TDX module 1.5.01, td_exit.c.
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

    /** Marks the promise that broke, and nothing else: who consumed the poison stays before its operation. */
    MachineChecks PLAIN = (state, actor, where) -> {
        mark(state, where);
        return Outcome.EXITS;
    };

    /**
     * {@code actor} consumed poison: records what follows, and {@link #mark marks} it.
     *
     * @return how the operation ends for {@code actor}, a number of {@link Outcome}; of no meaning for the host,
     *     which gets a result
     */
    long consumed(State state, Actor actor, Where where);

    /** Those of {@code machine}. */
    static MachineChecks of(Machine machine) {
        return machine.find(MachineChecks.class).orElse(PLAIN);
    }

    /** Marks the promise that broke: host safety for a machine check on the host, availability for one elsewhere. */
    static void mark(State state, Where where) {
        state.observe(
                switch (where) {
                    case GUEST -> Property.AVAILABILITY.broken();
                    case MODULE -> Property.AVAILABILITY.broken() | Property.HOST_SAFETY.broken();
                    case HOST -> Property.HOST_SAFETY.broken();
                });
    }
}
