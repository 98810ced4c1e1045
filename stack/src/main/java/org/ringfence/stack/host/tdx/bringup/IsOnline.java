package org.ringfence.stack.host.tdx.bringup;

import org.ringfence.machine.memory.Topology;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Results;
import org.ringfence.machine.operation.Step;

/** Whether the host runs on a logical processor now: cpu_online(). */
public record IsOnline(int cpu) implements Operation<Boolean> {
    @Override
    public Results<Boolean> results() {
        return new Results.Truth();
    }

    @Override
    public Step on(Machine machine, Actor actor) {
        Topology topology = machine.part(Topology.class);
        topology.require(cpu);
        return state -> topology.isOnline(state, cpu) ? 1 : 0;
    }

    @Override
    public String mnemonic() {
        return "cpu online";
    }
}
