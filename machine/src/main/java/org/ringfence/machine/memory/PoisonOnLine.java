package org.ringfence.machine.memory;

import org.ringfence.machine.operation.Action;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Outcome;
import org.ringfence.machine.operation.Step;

/**
 * An {@link OnLine} that meets poison, so that whoever does it has a machine check; it waits where there is none. What
 * a family draws, whose operations end in one way.
 */
public record PoisonOnLine(OnLine access) implements Action {
    @Override
    public Step on(Machine machine, Actor actor) {
        Memory memory = machine.part(Memory.class);
        HostMemory rule = HostMemory.of(machine);
        MachineChecks checks = MachineChecks.of(machine);
        access.require(machine);
        return state -> {
            if (!access.isPermitted(memory, rule, state) || !access.meetsPoison(memory, state)) {
                return Outcome.WAITS;
            }
            access.perform(memory, checks, state, actor);
            return Done.DONE.ordinal();
        };
    }

    @Override
    public String mnemonic() {
        return access.mnemonic();
    }
}
