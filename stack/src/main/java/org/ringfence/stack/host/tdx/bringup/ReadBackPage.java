package org.ringfence.stack.host.tdx.bringup;

import org.ringfence.machine.memory.MachineChecks;
import org.ringfence.machine.memory.Memory;
import org.ringfence.machine.memory.Topology;
import org.ringfence.machine.memory.Value;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Property;
import org.ringfence.machine.operation.Results;
import org.ringfence.machine.operation.Step;
import org.ringfence.machine.state.State;
import org.ringfence.machine.tdx.module.TdxModule;

/**
 * The host reads back what it {@linkplain UsePage put} into a page. Anything else is a breach of host safety: a machine
 * check, or data that changed silently.
 *
 * @param hpa first byte of the page
 */
public record ReadBackPage(long hpa) implements Operation<ReadBackPage.Found> {

    /** What the host finds. */
    public enum Found {
        /** Its data. */
        ITS_DATA("its data"),
        /** Something else, and no word of it. */
        SOMETHING_ELSE("something else"),
        /** A machine check. */
        MACHINE_CHECK("#MC");

        private final String printed;

        Found(String printed) {
            this.printed = printed;
        }

        @Override
        public String toString() {
            return printed;
        }
    }

    @Override
    public Results<Found> results() {
        return new Results.Closed<>(Found.class);
    }

    @Override
    public Step on(Machine machine, Actor actor) {
        Memory memory = machine.part(Memory.class);
        int number = Topology.packageOf(machine, actor);
        int frame = machine.part(TdxModule.class).map().frame(hpa);
        if (frame < 0) {
            throw new IllegalArgumentException("no frame of the machine is at 0x%x".formatted(hpa));
        }
        return state -> judge(state, memory.load(state, number, frame, 0)).ordinal();
    }

    private static Found judge(State state, int found) {
        if (found == Memory.POISON) {
            MachineChecks.mark(state, MachineChecks.Where.HOST);
            return Found.MACHINE_CHECK;
        }
        if (found == Value.HOST.ordinal()) {
            state.observe(Property.HOST_SAFETY.exercised());
            return Found.ITS_DATA;
        }
        state.observe(Property.HOST_SAFETY.broken());
        return Found.SOMETHING_ELSE;
    }

    @Override
    public String mnemonic() {
        return "host load";
    }
}
