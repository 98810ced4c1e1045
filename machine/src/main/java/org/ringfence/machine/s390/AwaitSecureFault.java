package org.ringfence.machine.s390;

import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Outcome;
import org.ringfence.machine.operation.Results;
import org.ringfence.machine.operation.Step;
import org.ringfence.machine.state.State;

/**
 * Waits until vCPU 0 is with the host for want of a secure page, and tells the first of its guest's pages that is none;
 * the number of pages where all are secure.
 *
 * @param geometry of the machine
 */
public record AwaitSecureFault(Geometry geometry) implements Operation<Integer> {
    @Override
    public Results<Integer> results() {
        return new Results.Number(geometry.pages() + 1);
    }

    @Override
    public Step on(Machine machine, Actor actor) {
        Ultravisor uv = machine.part(Ultravisor.class);
        return state -> uv.cpus().isWithHost(state, 0) ? missing(state, uv) : Outcome.WAITS;
    }

    private int missing(State state, Ultravisor uv) {
        int page = 0;
        while (page < geometry.pages()
                && !uv.state().is(state, uv.frame().get(state, page), SecureState.NON_SECURE)) {
            page++;
        }
        return page;
    }

    @Override
    public String mnemonic() {
        return "await secure fault";
    }
}
