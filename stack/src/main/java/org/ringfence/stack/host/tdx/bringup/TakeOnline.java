package org.ringfence.stack.host.tdx.bringup;

import org.ringfence.machine.memory.Topology;
import org.ringfence.machine.operation.Action;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Step;

/** The host takes a logical processor online, or offline: cpu_up(), cpu_down(). */
public record TakeOnline(int cpu, boolean online) implements Action {
    @Override
    public Step on(Machine machine, Actor actor) {
        Topology topology = machine.part(Topology.class);
        topology.require(cpu);
        return state -> {
            topology.setOnline(state, cpu, online);
            return Done.DONE.ordinal();
        };
    }

    @Override
    public String mnemonic() {
        return "take online";
    }
}
