package org.ringfence.machine.memory;

import org.ringfence.machine.memory.GuestMemory.Mapping;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Results;
import org.ringfence.machine.operation.Step;

/**
 * Software in the guest looks what lies in a page at {@code gpa}, in bytes, of which it expects nothing: a load that is
 * held against no promise.
 */
public record Look(long gpa, Mapping mapping) implements Operation<Loaded> {
    @Override
    public Results<Loaded> results() {
        return new Results.Closed<>(Loaded.class);
    }

    @Override
    public Step on(Machine machine, Actor actor) {
        return new Load(gpa, mapping).step(machine, actor, false);
    }

    @Override
    public String mnemonic() {
        return "look";
    }
}
