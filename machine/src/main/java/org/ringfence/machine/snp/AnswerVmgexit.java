package org.ringfence.machine.snp;

import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Outcome;
import org.ringfence.machine.operation.Results;
import org.ringfence.machine.operation.Step;

/**
 * VMRUN with an answer to the request that {@code vcpu}, an actor's index, put by VMGEXIT. Waits while the vCPU has put
 * none.
 *
 * @param code {@link PageStateChange#OK}, {@link PageStateChange#ERROR}, or {@link PageStateChange#KNOWN_ANSWERS} for
 *     anything at all
 */
public record AnswerVmgexit(int vcpu, int code) implements Operation<Done> {
    @Override
    public Results<Done> results() {
        return new Results.Closed<>(Done.class);
    }

    @Override
    public Step on(Machine machine, Actor actor) {
        Exits exits = machine.part(Snp.class).exits();
        return state -> exits.answer(state, vcpu, code) ? Done.DONE.ordinal() : Outcome.WAITS;
    }

    @Override
    public String mnemonic() {
        return "VMRUN";
    }

    @Override
    public String toString() {
        String answer = code == PageStateChange.KNOWN_ANSWERS ? "anything" : "0x%X".formatted(code);
        return "VMRUN vCPU %d, answering %s".formatted(vcpu, answer);
    }
}
