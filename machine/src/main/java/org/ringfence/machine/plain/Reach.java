package org.ringfence.machine.plain;

import org.ringfence.machine.memory.Ledger;
import org.ringfence.machine.memory.Memory;
import org.ringfence.machine.memory.Value;
import org.ringfence.machine.operation.Action;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Numbered;
import org.ringfence.machine.operation.Outcome;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.operation.Step;
import org.ringfence.machine.state.State;

/**
 * Someone who is not trusted reads or writes what it can reach: the host any frame, the inner guest what the nested
 * page table lets it. Waits where it is not let.
 *
 * @param principal the host or the inner guest
 * @param index of the frame, for the host; of the page, for the inner guest
 */
public record Reach(Principal principal, int index, boolean write) implements Action {
    @Override
    public Step on(Machine machine, Actor actor) {
        Plain plain = machine.part(Plain.class);
        if (principal == Principal.INNER_GUEST) {
            plain.requireInner();
            Numbered.require("page", index, plain.geometry().pages());
        } else if (principal != Principal.HOST) {
            throw new IllegalArgumentException("reach is of the host or of the l2, not of the " + principal);
        } else {
            Numbered.require("frame", index, plain.geometry().frames());
        }
        return state -> take(plain, state, principal, index, write) ? Done.DONE.ordinal() : Outcome.WAITS;
    }

    static boolean take(Plain plain, State state, Principal principal, int index, boolean write) {
        if (principal == Principal.INNER_GUEST && !plain.innerMay(state, index, write)) {
            return false;
        }
        Memory memory = plain.memory();
        int frame = principal == Principal.INNER_GUEST ? plain.frame().get(state, index) : index;
        if (write) {
            memory.write(state, frame, principal == Principal.HOST ? Value.HOST : Value.INNER, 0);
        } else {
            Ledger.seen(state, principal, memory.read(state, frame, 0));
        }
        return true;
    }

    @Override
    public String mnemonic() {
        return "reach";
    }
}
