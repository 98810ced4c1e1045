package org.ringfence.machine.tdx;

import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Step;
import org.ringfence.machine.state.State;
import org.ringfence.machine.tdx.abi.Leaf;
import org.ringfence.machine.tdx.abi.ModuleCall;
import org.ringfence.machine.tdx.abi.Registers;

/**
 * A leaf function whose registers follow from the state before it. Its raw form takes a copy of that state.
 *
 * @param <R> the statuses that it ends with
 */
interface SeptCall<R> extends ModuleCall<R> {

    /** RAX, RCX and RDX of this call where its step, taken from {@code before}, ended with {@code code}. */
    Registers registers(Machine machine, State before, long code);

    @Override
    Step on(Machine machine, Actor actor);

    @Override
    default Leaf leaf(Machine machine, Actor actor) {
        Step step = on(machine, actor);
        return (state, outputs) -> {
            State before = state.snapshot();
            long code = step.take(state);
            if (code >= 0) {
                outputs.of(registers(machine, before, code));
            }
            return code;
        };
    }
}
