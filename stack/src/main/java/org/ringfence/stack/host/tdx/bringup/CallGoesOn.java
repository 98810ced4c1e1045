package org.ringfence.stack.host.tdx.bringup;

import java.util.List;
import java.util.stream.IntStream;
import org.ringfence.machine.operation.Action;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Cpus;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Family;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Outcome;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.operation.Step;
import org.ringfence.machine.operation.Successors;
import org.ringfence.machine.state.State;
import org.ringfence.machine.tdx.module.TdxModule;

/** A leaf function that takes its time goes on, on the processor of an actor. */
public record CallGoesOn(int index) implements Action {
    @Override
    public Step on(Machine machine, Actor actor) {
        Cpus cpus = machine.part(Cpus.class);
        TdxModule module = machine.part(TdxModule.class);
        if (index < 0 || index >= cpus.actors()) {
            throw new IllegalArgumentException(
                    "there is no actor %d; allowed is 0 to %d".formatted(index, cpus.actors() - 1));
        }
        return state -> goesOn(state, cpus, module, index) ? Done.DONE.ordinal() : Outcome.WAITS;
    }

    private static boolean goesOn(State state, Cpus cpus, TdxModule module, int index) {
        if (!cpus.status().is(state, index, Cpus.Status.EXITED) || module.seam().shutDown().get(state, index)) {
            return false;
        }
        cpus.resume(state, index);
        return true;
    }

    @Override
    public String mnemonic() {
        return "SEAMCALL goes on";
    }

    /** Any that can. Arguments: the actor. */
    public record OfAny(Cpus cpus, TdxModule module, int actors) implements Family {
        @Override
        public Principal principal() {
            return Principal.HARDWARE;
        }

        @Override
        public void each(State state, Successors successors) {
            for (int i = 0; i < actors; i++) {
                if (goesOn(state, cpus, module, i)) {
                    successors.take(i);
                }
            }
        }

        @Override
        public List<Integer> arguments() {
            return IntStream.range(0, actors).boxed().toList();
        }

        @Override
        public Operation<?> operation(int arguments) {
            return new CallGoesOn(arguments);
        }
    }
}
