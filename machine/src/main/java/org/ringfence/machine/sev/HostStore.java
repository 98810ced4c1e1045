package org.ringfence.machine.sev;

import org.ringfence.machine.memory.HostMemory;
import org.ringfence.machine.memory.Level;
import org.ringfence.machine.memory.Memory;
import org.ringfence.machine.memory.Value;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Frame;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Results;
import org.ringfence.machine.operation.Step;

/**
 * The host's kernel writes all of {@code frame} without a key. A fault there is fatal to it: nothing mends an access
 * through its own mapping of memory.
 *
 * @param mapping the size of the host's own mapping: through a 2M one the write faults when any frame of the 2M is
 *     assigned
 */
public record HostStore(Frame frame, Value value, Level mapping) implements Operation<HostStored> {

    /** A write through a 4K mapping. */
    public HostStore(Frame frame, Value value) {
        this(frame, value, Level.SIZE_4K);
    }

    @Override
    public Results<HostStored> results() {
        return new Results.Closed<>(HostStored.class);
    }

    @Override
    public Step on(Machine machine, Actor actor) {
        NestedGuest guest = machine.part(NestedGuest.class);
        Memory memory = machine.part(Memory.class);
        HostBook book = HostBook.of(machine, actor);
        boolean judged = HostMemory.isJudged(actor);
        int index = frame.index();
        return state -> {
            boolean refused = guest.refusesHostWrite(state, index, mapping);
            if (judged) {
                HostMemory.judge(state, refused);
            }
            if (refused) {
                return HostStored.PAGE_FAULT_RMP.ordinal();
            }
            memory.store(state, 0, index, value, 0);
            book.stored(state, index, value);
            return HostStored.STORED.ordinal();
        };
    }

    @Override
    public String mnemonic() {
        return "host store";
    }
}
