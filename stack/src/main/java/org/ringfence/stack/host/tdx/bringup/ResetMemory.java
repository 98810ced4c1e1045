package org.ringfence.stack.host.tdx.bringup;

import org.ringfence.machine.memory.Memory;
import org.ringfence.machine.memory.Value;
import org.ringfence.machine.operation.Action;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Step;
import org.ringfence.machine.state.State;

/**
 * Overwrites memory with zeroes by MOVDIR64B under KeyID 0, full lines past the caches: the only writes that take
 * poison and the TD-owner bit away on every processor. Linux: tdx_quirk_reset_paddr.
 *
 * @param hpa first byte, of a page
 * @param size in bytes, whole pages
 */
public record ResetMemory(long hpa, long size) implements Action {
    @Override
    public Step on(Machine machine, Actor actor) {
        Memory memory = machine.part(Memory.class);
        Frames.Range frames = Frames.in(machine, hpa, size);
        return state -> {
            reset(memory, state, frames);
            return Done.DONE.ordinal();
        };
    }

    private static void reset(Memory memory, State state, Frames.Range frames) {
        for (int frame = frames.first(); frame < frames.behind(); frame++) {
            memory.write(state, frame, Value.ZERO, 0);
        }
    }

    @Override
    public String mnemonic() {
        return "MOVDIR64B";
    }
}
