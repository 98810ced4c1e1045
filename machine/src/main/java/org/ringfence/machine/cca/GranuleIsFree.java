package org.ringfence.machine.cca;

import org.ringfence.machine.cca.granule.GranuleState;
import org.ringfence.machine.cca.rtt.Rtt;
import org.ringfence.machine.cca.rtt.RttEntry;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Frame;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Results;
import org.ringfence.machine.operation.Step;
import org.ringfence.machine.state.State;

/** The host looks in its own notes whether {@code frame} is its own and no realm maps it. */
public record GranuleIsFree(Frame frame) implements Operation<Boolean> {
    @Override
    public Results<Boolean> results() {
        return new Results.Truth();
    }

    @Override
    public Step on(Machine machine, Actor actor) {
        Cca cca = machine.part(Cca.class);
        int index = frame.index();
        return state -> cca.granules().is(state, index, GranuleState.NS) && !isMapped(state, cca.rtt(), index) ? 1 : 0;
    }

    private static boolean isMapped(State state, Rtt rtt, int frame) {
        for (int place = rtt.geometry().pages(); place < rtt.places(); place++) {
            int entry = rtt.walk(state, Cca.GUEST, place);
            if (rtt.entry().is(state, entry, RttEntry.ASSIGNED_NS) && rtt.frame(state, entry, place) == frame) {
                return true;
            }
        }
        return false;
    }

    @Override
    public String mnemonic() {
        return "granule is free";
    }
}
