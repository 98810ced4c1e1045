package org.ringfence.machine.snp.firmware;

import java.util.List;
import org.ringfence.machine.memory.GuestPages;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Frame;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Part;
import org.ringfence.machine.operation.Results;
import org.ringfence.machine.operation.Step;

/**
 * A core stores to the RMP, so that the entry of {@code frame} says of it that the guest has validated it at
 * {@code gpa}, in bytes. What is stored before SNP_INIT it overwrites; afterwards the RMP is protected, and the store
 * faults. In between see {@link RmpWindow}, which this brings.
 */
public record StoreToRmp(Frame frame, long gpa) implements Operation<StoreToRmp.Result> {

    /** What becomes of it. */
    public enum Result {
        /** The entry is as it was stored. */
        STORED,
        /** The store does not reach the RMP, or does not stay. */
        WITHOUT_EFFECT
    }

    @Override
    public Results<Result> results() {
        return new Results.Closed<>(Result.class);
    }

    @Override
    public Step on(Machine machine, Actor actor) {
        RmpWindow window = machine.part(RmpWindow.class);
        int page = GuestPages.page(window.firmware().geometry(), gpa);
        return state -> {
            if (!window.reaches(state, frame.index())) {
                return Result.WITHOUT_EFFECT.ordinal();
            }
            window.forge(state, frame.index(), page);
            return Result.STORED.ordinal();
        };
    }

    @Override
    public List<Part> needs() {
        return List.of(RmpWindow.PART);
    }

    @Override
    public String mnemonic() {
        return "store to the RMP";
    }
}
