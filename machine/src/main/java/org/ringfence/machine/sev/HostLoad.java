package org.ringfence.machine.sev;

import org.ringfence.machine.memory.Ledger;
import org.ringfence.machine.memory.Memory;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Frame;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Results;
import org.ringfence.machine.operation.Step;

/**
 * The host, or someone on the bus, reads {@code frame} without a key. Reads are never refused: of a guest's frame either sees ciphertext,
 * which is junk. What is seen is held against confidentiality.
 */
public record HostLoad(Frame frame) implements Operation<Done> {
    @Override
    public Results<Done> results() {
        return new Results.Closed<>(Done.class);
    }

    @Override
    public Step on(Machine machine, Actor actor) {
        Memory memory = machine.part(Memory.class);
        return state -> {
            Ledger.seen(state, actor.principal(), memory.load(state, 0, frame.index(), 0));
            return Done.DONE.ordinal();
        };
    }

    @Override
    public String mnemonic() {
        return "host load";
    }

    @Override
    public String toString() {
        return "load " + frame;
    }
}
