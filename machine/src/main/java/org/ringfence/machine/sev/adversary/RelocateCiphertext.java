package org.ringfence.machine.sev.adversary;

import java.util.List;
import org.ringfence.machine.memory.Memory;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Frame;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Outcome;
import org.ringfence.machine.operation.Part;
import org.ringfence.machine.operation.Results;
import org.ringfence.machine.operation.Step;
import org.ringfence.machine.sev.HostStored;
import org.ringfence.machine.sev.NestedGuest;

/**
 * The host, or someone on the bus, writes the ciphertext of the {@link CiphertextNote} to another frame than it was
 * written at, where it is junk. Refused as every host write is, but on the bus; waits while nothing is noted, or what
 * is belongs to {@code frame}.
 */
public record RelocateCiphertext(Frame frame) implements Operation<HostStored> {
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
        int index = frame.index();
        return state -> {
            if (note.isEmpty(state) || note.writtenAt().get(state) == index) {
                return Outcome.WAITS;
            }
            boolean stored = note.writeBackUnlessRefused(state, actor.principal(), guest, memory, index);
            return (stored ? HostStored.STORED : HostStored.PAGE_FAULT_RMP).ordinal();
        };
    }

    @Override
    public String mnemonic() {
        return "relocate ciphertext";
    }
}
