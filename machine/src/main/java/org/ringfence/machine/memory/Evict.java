package org.ringfence.machine.memory;

import org.ringfence.machine.operation.Action;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Frame;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Numbered;
import org.ringfence.machine.operation.Outcome;
import org.ringfence.machine.operation.Step;

/**
 * A line leaves a cache because room is needed, and is written back if it is dirty. It waits where the line is not
 * cached.
 */
public record Evict(Frame frame, int line, int keyId) implements Action {
    @Override
    public Step on(Machine machine, Actor actor) {
        Memory memory = machine.part(Memory.class);
        Caches caches = memory.caches();
        Numbered.require("line of a frame", line, memory.options().linesPerFrame());
        Numbered.require("KeyID", keyId, memory.options().keyIds().count());
        return state -> {
            int slot = caches.find(state, frame.index(), line, keyId);
            if (slot < 0) {
                return Outcome.WAITS;
            }
            caches.evict(state, slot);
            return Done.DONE.ordinal();
        };
    }

    @Override
    public String mnemonic() {
        return "evict";
    }
}
