package org.ringfence.machine.memory;

import org.ringfence.machine.memory.CacheOptions.Invd;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Numbered;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Results;
import org.ringfence.machine.operation.Step;

/**
 * A CPU performs {@code instruction} on the cache of its package.
 *
 * @param number the package
 */
public record OnCache(CacheInstruction instruction, int number) implements Operation<Accessed> {
    @Override
    public Results<Accessed> results() {
        return new Results.Closed<>(Accessed.class);
    }

    @Override
    public Step on(Machine machine, Actor actor) {
        Caches caches = machine.part(Memory.class).caches();
        if (instruction == CacheInstruction.INVD && caches.options().invd() == Invd.FAULTS) {
            return _ -> Accessed.FAULT.ordinal();
        }
        Numbered.require("package", number, Topology.packagesOf(machine));
        return state -> {
            instruction.perform(caches, state, number);
            return Accessed.DONE.ordinal();
        };
    }

    @Override
    public String mnemonic() {
        return instruction.toString();
    }
}
