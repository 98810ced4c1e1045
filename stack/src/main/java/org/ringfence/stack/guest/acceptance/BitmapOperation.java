package org.ringfence.stack.guest.acceptance;

import java.util.List;
import org.ringfence.machine.memory.GuestPages;
import org.ringfence.machine.operation.Action;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Numbered;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Part;
import org.ringfence.machine.operation.Results;
import org.ringfence.machine.operation.Step;

/** Reads and writes of the {@link AcceptanceBitmap}. */
public sealed interface BitmapOperation<R> extends Operation<R> {

    @Override
    default List<Part> needs() {
        return List.of(AcceptanceBitmap.PART);
    }

    /** Whether the bit of the page at {@code gpa} is set. */
    record TestAccepted(long gpa) implements BitmapOperation<Boolean> {
        @Override
        public Results<Boolean> results() {
            return new Results.Truth();
        }

        @Override
        public Step on(Machine machine, Actor actor) {
            AcceptanceBitmap bitmap = machine.part(AcceptanceBitmap.class);
            int page = GuestPages.page(bitmap.geometry(), gpa);
            return state -> bitmap.has(state, page) ? 1 : 0;
        }

        @Override
        public String mnemonic() {
            return "test bitmap";
        }
    }

    /** Sets or clears the bit of the page at {@code gpa}. */
    record MarkAccepted(long gpa, boolean accepted) implements BitmapOperation<Done>, Action {
        @Override
        public Step on(Machine machine, Actor actor) {
            AcceptanceBitmap bitmap = machine.part(AcceptanceBitmap.class);
            int page = GuestPages.page(bitmap.geometry(), gpa);
            return state -> {
                bitmap.set(state, page, accepted);
                return Done.DONE.ordinal();
            };
        }

        @Override
        public String mnemonic() {
            return "mark bitmap";
        }
    }

    /**
     * Sets or clears the bits of {@code count} pages.
     *
     * @param page the first, by number
     */
    record MarkRange(int page, int count, boolean accepted) implements BitmapOperation<Done>, Action {
        @Override
        public Step on(Machine machine, Actor actor) {
            AcceptanceBitmap bitmap = machine.part(AcceptanceBitmap.class);
            Numbered.requireRange("pages", page, count, bitmap.geometry().pages());
            return state -> {
                bitmap.setRange(state, page, count, accepted);
                return Done.DONE.ordinal();
            };
        }

        @Override
        public String mnemonic() {
            return "mark bitmap";
        }
    }
}
