package org.ringfence.machine.sev;

import org.ringfence.machine.operation.Action;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Numbered;
import org.ringfence.machine.operation.Outcome;
import org.ringfence.machine.operation.Step;

/**
 * VMRUN with an answer to the request that {@code vcpu}, an actor's index, put by VMGEXIT. Waits while the vCPU has put
 * none, or cannot run as it is.
 *
 * @param code {@link #OK}, {@link #ERROR}, or {@link #KNOWN} for anything at all
 */
public record AnswerVmgexit(int vcpu, int code) implements Action {

    /** The answer that tells of no error. */
    public static final int OK = 0;

    /** The answer by which an honest host tells of an error; life has several, and software treats them alike. */
    public static final int ERROR = 1;

    /** How many answers honest hosts give: to declare {@link org.ringfence.machine.operation.Cpus} with. */
    public static final int KNOWN = 2;

    @Override
    public Step on(Machine machine, Actor actor) {
        NestedGuest guest = machine.part(NestedGuest.class);
        Numbered.require("answer", code, KNOWN + 1);
        return state -> guest.answer(state, vcpu, code) ? Done.DONE.ordinal() : Outcome.WAITS;
    }

    @Override
    public String mnemonic() {
        return "VMRUN";
    }
}
