package org.ringfence.stack.host.tdx.bringup;

import org.ringfence.machine.memory.Memory;
import org.ringfence.machine.memory.Topology;
import org.ringfence.machine.memory.Value;
import org.ringfence.machine.operation.Action;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Step;
import org.ringfence.machine.state.State;

/**
 * The host puts data of its own into pages, through its cache and under KeyID 0: whoever used them before they became a
 * PAMT, or uses them after.
 *
 * @param hpa first byte, of a page
 * @param size in bytes, whole pages
 * @param how the processor writes
 */
public record UsePage(long hpa, long size, How how) implements Action {

    /** How the processor writes. */
    public enum How {
        /** Through the cache. */
        CACHED,
        /** With MOVNTI, or to an uncached mapping: in pieces smaller than a line. */
        PARTIAL
    }

    @Override
    public Step on(Machine machine, Actor actor) {
        Memory memory = machine.part(Memory.class);
        int number = Topology.packageOf(machine, actor);
        Frames.Range frames = Frames.in(machine, hpa, size);
        return state -> {
            for (int frame = frames.first(); frame < frames.behind(); frame++) {
                write(memory, state, number, frame);
            }
            return Done.DONE.ordinal();
        };
    }

    private void write(Memory memory, State state, int number, int frame) {
        switch (how) {
            case CACHED -> memory.store(state, number, frame, Value.HOST, 0);
            case PARTIAL -> {
                for (int line = 0; line < memory.lines().size(); line++) {
                    memory.writePartially(state, frame, line, Value.HOST, 0);
                }
            }
        }
    }

    @Override
    public String mnemonic() {
        return "host store";
    }
}
