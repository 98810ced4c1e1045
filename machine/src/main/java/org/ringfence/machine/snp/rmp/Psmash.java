package org.ringfence.machine.snp.rmp;

import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Frame;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.operation.Results;
import org.ringfence.machine.operation.Step;
import org.ringfence.machine.snp.Snp;

/** PSMASH: the host splits the 2M RMP entry at {@code frame} into entries of 4K, which stay validated if it was. */
public record Psmash(Frame frame) implements Operation<PsmashResult> {
    @Override
    public Results<PsmashResult> results() {
        return new Results.Closed<>(PsmashResult.class);
    }

    @Override
    public Step on(Machine machine, Actor actor) {
        if (actor.principal() != Principal.HOST) {
            return state -> PsmashResult.FAIL_PERMISSION.ordinal();
        }
        ReverseMapTable rmp = machine.part(Snp.class).rmp();
        return state -> rmp.psmash(state, frame.index()).ordinal();
    }

    @Override
    public String mnemonic() {
        return "PSMASH";
    }

    @Override
    public String toString() {
        return "PSMASH " + frame;
    }
}
