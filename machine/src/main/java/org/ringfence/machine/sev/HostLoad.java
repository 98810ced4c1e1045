package org.ringfence.machine.sev;

import org.ringfence.machine.memory.Ledger;
import org.ringfence.machine.memory.Memory;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Frame;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Results;
import org.ringfence.machine.operation.Step;

/**
 * The host, or someone on the bus, reads {@code frame} without a key. Reads are never refused: of a guest's frame
 * either sees ciphertext, which is junk. What is seen is held against confidentiality. The result tells software of the
 * host which it was; a host that is not trusted has it in what it sees. What its own software reads where it wrote
 * before is held against host safety.
 */
public record HostLoad(Frame frame) implements Operation<HostLoaded> {
    @Override
    public Results<HostLoaded> results() {
        return new Results.Closed<>(HostLoaded.class);
    }

    @Override
    public Step on(Machine machine, Actor actor) {
        Memory memory = machine.part(Memory.class);
        HostBook book = HostBook.of(machine, actor);
        boolean told = actor.index() >= 0;
        return state -> {
            int found = memory.load(state, 0, frame.index(), 0);
            book.loaded(state, frame.index(), found);
            Ledger.seen(state, actor.principal(), found);
            return (told && found == Memory.JUNK ? HostLoaded.CIPHERTEXT : HostLoaded.CONTENTS).ordinal();
        };
    }

    @Override
    public String mnemonic() {
        return "host load";
    }
}
