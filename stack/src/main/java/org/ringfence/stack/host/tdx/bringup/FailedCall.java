package org.ringfence.stack.host.tdx.bringup;

import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Results;
import org.ringfence.machine.operation.Step;

/**
 * A leaf function that fails before it does anything, as an experiment wants it.
 *
 * @param instead what would have been called
 * @param rax with what it fails
 */
public record FailedCall(Seamcall instead, long rax) implements Operation<Seamcall.Returned> {
    @Override
    public Results<Seamcall.Returned> results() {
        return instead.results();
    }

    @Override
    public Step on(Machine machine, Actor actor) {
        long code = Seamcall.code(rax);
        return state -> code;
    }

    @Override
    public String mnemonic() {
        return instead.mnemonic();
    }
}
