package org.ringfence.machine.cca.rsi;

import org.ringfence.machine.cca.Cca;
import org.ringfence.machine.cca.realm.RealmState;
import org.ringfence.machine.cca.realm.RecExitReason;
import org.ringfence.machine.operation.Action;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Cpus.Status;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Outcome;
import org.ringfence.machine.operation.Step;

/** PSCI_SYSTEM_OFF: software in a realm ends it. No REC of it is entered again. Source: TF-RMM, rsi/psci.c. */
public record PsciSystemOff() implements Action {
    @Override
    public Step on(Machine machine, Actor actor) {
        Cca cca = Cca.of(machine, actor);
        int vcpu = actor.index();
        return state -> {
            cca.realms().state().set(state, Cca.GUEST, RealmState.SYSTEM_OFF);
            cca.recs().leave(state, vcpu, Status.EXITED, RecExitReason.PSCI, 0);
            return Outcome.EXITS;
        };
    }

    @Override
    public String mnemonic() {
        return "PSCI_SYSTEM_OFF";
    }
}
