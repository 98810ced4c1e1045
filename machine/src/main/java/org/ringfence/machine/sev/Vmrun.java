package org.ringfence.machine.sev;

import org.ringfence.machine.operation.Action;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Outcome;
import org.ringfence.machine.operation.Step;

/**
 * VMRUN: the host resumes {@code vcpu}, an actor's index, after a nested page fault; the vCPU repeats what faulted.
 * Waits while the vCPU is not there, or cannot run as it is.
 */
public record Vmrun(int vcpu) implements Action {
    @Override
    public Step on(Machine machine, Actor actor) {
        NestedGuest guest = machine.part(NestedGuest.class);
        return state -> guest.resume(state, vcpu) ? Done.DONE.ordinal() : Outcome.WAITS;
    }

    @Override
    public String mnemonic() {
        return "VMRUN";
    }
}
