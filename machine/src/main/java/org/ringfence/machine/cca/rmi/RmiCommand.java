package org.ringfence.machine.cca.rmi;

import org.ringfence.machine.cca.Cca;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Outcome;
import org.ringfence.machine.operation.Results;
import org.ringfence.machine.operation.Step;
import org.ringfence.machine.state.State;

/**
 * A command of the host's to the RMM. Granules are named by their addresses, which are frames here, and which a host
 * may use twice in one command; an address that is not aligned is no frame, and is left out. An IPA may be anything.
 */
public sealed interface RmiCommand extends Operation<RmiStatus>
        permits
        GranuleCommand,
        RealmCommand,
        RecCommand,
        RttCommand,
        DataCommand,
        RipasCommand {

    /** Does it, or answers why not; then nothing has changed. */
    RmiStatus perform(State state, Cca cca);

    /** Whether this machine has a place for what the command makes, where it succeeds. */
    default boolean hasPlace(State state, Cca cca) {
        return true;
    }

    @Override
    default Results<RmiStatus> results() {
        return new Results.Closed<>(RmiStatus.class);
    }

    @Override
    default Step on(Machine machine, Actor actor) {
        Cca cca = machine.part(Cca.class);
        return state -> hasPlace(state, cca) ? perform(state, cca).ordinal() : Outcome.WAITS;
    }
}
