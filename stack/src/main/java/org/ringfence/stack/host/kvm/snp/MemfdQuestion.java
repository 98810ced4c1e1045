package org.ringfence.stack.host.kvm.snp;

import java.util.List;
import org.ringfence.machine.memory.GuestPages;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Part;
import org.ringfence.machine.operation.Results;
import org.ringfence.machine.operation.Step;
import org.ringfence.machine.state.FrameRef;
import org.ringfence.machine.state.State;

/** Whether a guest page, in bytes, has memory of one kind. */
public record MemfdQuestion(long gpa, Asked asked) implements Operation<Boolean> {

    /** The questions. */
    public enum Asked {
        /** Whether the file has a folio of it. */
        IN_FILE,
        /** Whether userspace's memory is populated there. */
        IN_USERSPACE
    }

    @Override
    public List<Part> needs() {
        return List.of(SnpMemfd.PART);
    }

    @Override
    public Results<Boolean> results() {
        return new Results.Truth();
    }

    @Override
    public Step on(Machine machine, Actor actor) {
        SnpMemfd memfd = machine.part(SnpMemfd.class);
        int page = GuestPages.page(memfd.geometry(), gpa);
        return state -> answer(state, memfd, page) ? 1 : 0;
    }

    private boolean answer(State state, SnpMemfd memfd, int page) {
        return switch (asked) {
            case IN_FILE -> memfd.folio().get(state, page) != FrameRef.NONE;
            case IN_USERSPACE -> memfd.user().get(state, page) != FrameRef.NONE;
        };
    }

    @Override
    public String mnemonic() {
        return "ask memfd";
    }

    @Override
    public String toString() {
        return "GPA 0x%X: %s?".formatted(gpa, asked.name().toLowerCase(java.util.Locale.ROOT).replace('_', ' '));
    }
}
