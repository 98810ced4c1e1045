package org.ringfence.machine.tdx.abi;

import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Results;
import org.ringfence.machine.operation.Step;

/**
 * A leaf function of the TDX module, SEAMCALL or TDCALL. Typed, it is an operation like any other; in its raw form it
 * has its outputs in registers too.
 *
 * @param <R> the statuses that it ends with: an enum of {@link ModuleStatus}, or {@link Completion}s
 */
public interface ModuleCall<R> extends Operation<R> {

    /** This leaf on a machine, called by {@code actor}. */
    Leaf leaf(Machine machine, Actor actor);

    @Override
    default Step on(Machine machine, Actor actor) {
        Leaf leaf = leaf(machine, actor);
        return state -> leaf.take(state, Outputs.NONE);
    }

    /** RAX where the leaf ended with {@code code}. */
    default long rax(long code) {
        return results() instanceof Results.Closed<?>(Class<? extends Enum<?>> type)
                && type.getEnumConstants()[(int) code] instanceof ModuleStatus status
                        ? status.rax()
                        : Completion.rax(code);
    }
}
