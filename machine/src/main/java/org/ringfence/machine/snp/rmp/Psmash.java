package org.ringfence.machine.snp.rmp;

import org.ringfence.machine.memory.Level;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Frame;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.operation.Results;
import org.ringfence.machine.operation.Step;
import org.ringfence.machine.snp.Snp;
import org.ringfence.machine.snp.SnpGuard;
import org.ringfence.machine.state.State;

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
        return state -> perform(state, rmp, frame.index()).ordinal();
    }

    /** PSMASH by the host ({@code F3 0F 01 FF}) of the 2M page at {@code frame}. */
    public static PsmashResult perform(State state, ReverseMapTable rmp, int frame) {
        if (frame < 0 || frame >= rmp.covered() || !rmp.geometry().isLargeAligned(frame)) {
            return PsmashResult.FAIL_INPUT;
        }
        if (rmp.isInUse(state, frame, Level.SIZE_2M) && rmp.guards().checks(SnpGuard.PSMASH_IS_NOT_IN_USE)) {
            return PsmashResult.FAIL_INUSE;
        }
        if (!rmp.isLarge(state, frame)) {
            return PsmashResult.FAIL_BADADDR;
        }
        rmp.divide(state, frame);
        return PsmashResult.SUCCESS;
    }

    @Override
    public String mnemonic() {
        return "PSMASH";
    }
}
