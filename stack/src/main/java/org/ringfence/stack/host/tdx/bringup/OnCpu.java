package org.ringfence.stack.host.tdx.bringup;

import org.ringfence.machine.memory.Topology;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Results;
import org.ringfence.machine.operation.Step;

/**
 * An operation on a given logical processor, which this one interrupts and waits for: smp_call_function_single().
 *
 * @param cpu the logical processor
 */
public record OnCpu<R>(int cpu, Operation<R> operation) implements Operation<R> {
    @Override
    public Results<R> results() {
        return operation.results();
    }

    @Override
    public Step on(Machine machine, Actor actor) {
        machine.find(Topology.class).ifPresent(topology -> topology.require(cpu));
        return operation.on(machine, new Actor(cpu, actor.principal(), actor.name()));
    }

    @Override
    public String mnemonic() {
        return operation.mnemonic();
    }
}
