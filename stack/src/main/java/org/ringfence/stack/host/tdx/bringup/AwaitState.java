package org.ringfence.stack.host.tdx.bringup;

import org.ringfence.machine.operation.Action;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Outcome;
import org.ringfence.machine.operation.Step;
import org.ringfence.machine.tdx.module.SystemState;
import org.ringfence.machine.tdx.module.TdxModule;

/** Waits until another of the host's processors has brought the module as far as {@code least}: a completion. */
public record AwaitState(SystemState least) implements Action {
    @Override
    public Step on(Machine machine, Actor actor) {
        TdxModule module = machine.part(TdxModule.class);
        return state -> module.system().get(state).compareTo(least) >= 0 ? Done.DONE.ordinal() : Outcome.WAITS;
    }

    @Override
    public String mnemonic() {
        return "wait for completion";
    }
}
