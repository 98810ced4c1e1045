package org.ringfence.machine.sev;

import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Results;
import org.ringfence.machine.operation.Step;

/** WBINVD on {@code core}, as the firmware's account of ASIDs sees it: the core's WBINVD_DONE indicator is set. */
public record Wbinvd(int core) implements Operation<Done> {
    @Override
    public Results<Done> results() {
        return new Results.Closed<>(Done.class);
    }

    @Override
    public Step on(Machine machine, Actor actor) {
        Asids asids = machine.part(Asids.class);
        if (core < 0 || core >= asids.cores()) {
            throw new IllegalArgumentException("WBINVD on core " + core + " of a machine with " + asids.cores());
        }
        return state -> {
            asids.flush(state, core);
            return Done.DONE.ordinal();
        };
    }

    @Override
    public String mnemonic() {
        return "WBINVD";
    }

    @Override
    public String toString() {
        return "WBINVD on core " + core;
    }
}
