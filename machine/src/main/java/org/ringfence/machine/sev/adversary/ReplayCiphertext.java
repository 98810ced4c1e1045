package org.ringfence.machine.sev.adversary;

import java.util.List;
import org.ringfence.machine.memory.Memory;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Outcome;
import org.ringfence.machine.operation.Part;
import org.ringfence.machine.operation.Results;
import org.ringfence.machine.operation.Step;
import org.ringfence.machine.sev.HostStored;
import org.ringfence.machine.sev.NestedGuest;

/**
 * The host, or someone on the bus, writes the ciphertext of the {@link CiphertextNote} back to the frame it was written
 * at, where it means again what it meant. Refused as every host write is, but on the bus; waits while nothing is noted.
 */
public record ReplayCiphertext() implements Operation<HostStored> {
    @Override
    public List<Part> needs() {
        return List.of(CiphertextNote.PART);
    }

    @Override
    public Results<HostStored> results() {
        return new Results.Closed<>(HostStored.class);
    }

    @Override
    public Step on(Machine machine, Actor actor) {
        NestedGuest guest = machine.part(NestedGuest.class);
        Memory memory = machine.part(Memory.class);
        CiphertextNote note = machine.part(CiphertextNote.class);
        return state -> {
            if (note.isEmpty(state)) {
                return Outcome.WAITS;
            }
            int home = note.writtenAt().get(state);
            boolean stored = note.writeBackUnlessRefused(state, actor.principal(), guest, memory, home);
            return (stored ? HostStored.STORED : HostStored.PAGE_FAULT_RMP).ordinal();
        };
    }

    @Override
    public String mnemonic() {
        return "replay ciphertext";
    }
}
