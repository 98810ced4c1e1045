package org.ringfence.machine.pkvm;

import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Outcome;
import org.ringfence.machine.operation.Results;
import org.ringfence.machine.operation.Step;
import org.ringfence.machine.state.State;

/**
 * Waits until vCPU 0 is with the host, for want of a page, and tells the first page that its guest has not; the number
 * of pages where it has them all. A host that backs pages in order asks for no more.
 *
 * @param geometry of the machine
 */
public record AwaitVcpuExit(Geometry geometry) implements Operation<Integer> {
    @Override
    public Results<Integer> results() {
        return new Results.Number(geometry.pages() + 1);
    }

    @Override
    public Step on(Machine machine, Actor actor) {
        Pkvm pkvm = machine.part(Pkvm.class);
        return state -> pkvm.cpus().isWithHost(state, 0) ? missing(state, pkvm) : Outcome.WAITS;
    }

    private int missing(State state, Pkvm pkvm) {
        int page = 0;
        while (page < geometry.pages() && !pkvm.page().is(state, page, PkvmPageState.NOPAGE)) {
            page++;
        }
        return page;
    }

    @Override
    public String mnemonic() {
        return "await vCPU exit";
    }
}
