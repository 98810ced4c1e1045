package org.ringfence.stack.guest.svsm.window;

import java.util.List;
import java.util.Optional;
import org.ringfence.machine.memory.GuestMemory;
import org.ringfence.machine.memory.GuestMemory.Mapping;
import org.ringfence.machine.memory.Ledger;
import org.ringfence.machine.memory.Level;
import org.ringfence.machine.memory.Memory;
import org.ringfence.machine.memory.Stored;
import org.ringfence.machine.memory.Value;
import org.ringfence.machine.operation.Action;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Part;
import org.ringfence.machine.operation.Results;
import org.ringfence.machine.operation.Step;

/** Mapping, unmapping and using a {@link Window}. */
public sealed interface WindowOperation<R> extends Operation<R> {

    @Override
    default List<Part> needs() {
        return List.of(new Window.Sized(1, 0, false));
    }

    /** What {@link MapPages} answers when there is no room. */
    long NO_MAPPING = 0;

    /**
     * Maps {@code count} pages of {@code level} from {@code page} on. Answers the first slot plus 1, or
     * {@link #NO_MAPPING}.
     */
    record MapPages(int page, int count, Level level) implements WindowOperation<Long> {
        @Override
        public Results<Long> results() {
            return new Results.Value();
        }

        @Override
        public Step on(Machine machine, Actor actor) {
            Window window = machine.part(Window.class);
            return state -> 1 + window.map(state, page, count, level);
        }

        @Override
        public String mnemonic() {
            return "map";
        }
    }

    /** Unmaps what {@link MapPages} has mapped, and flushes it from this CPU's TLB. */
    record UnmapPages(int slot, int count, Level level) implements WindowOperation<Done>, Action {
        @Override
        public Step on(Machine machine, Actor actor) {
            Window window = machine.part(Window.class);
            return state -> {
                window.unmap(state, slot, count, level);
                return Done.DONE.ordinal();
            };
        }

        @Override
        public String mnemonic() {
            return "unmap";
        }
    }

    /** The first 4K page that is mapped at {@code slot}, by number: what a walk of the monitor's page table finds. */
    record Translate(int slot, Level level) implements WindowOperation<Long> {
        @Override
        public Results<Long> results() {
            return new Results.Value();
        }

        @Override
        public Step on(Machine machine, Actor actor) {
            Window window = machine.part(Window.class);
            return state -> window.pageAt(state, slot, 0, level);
        }

        @Override
        public String mnemonic() {
            return "walk";
        }
    }

    /**
     * Zeroes the {@code index}th 4K of what is mapped at {@code slot}: as {@link org.ringfence.machine.memory.Scrub},
     * of the page that is mapped there.
     */
    record ZeroMapped(int slot, int index, Level level) implements WindowOperation<Stored> {
        @Override
        public Results<Stored> results() {
            return new Results.Closed<>(Stored.class);
        }

        @Override
        public Step on(Machine machine, Actor actor) {
            Window window = machine.part(Window.class);
            GuestMemory guest = GuestMemory.of(machine, actor);
            Memory memory = machine.part(Memory.class);
            Optional<Ledger> ledger = Ledger.of(machine, actor);
            return state -> {
                int page = window.pageAt(state, slot, index, level);
                long frame = guest.access(state, actor, page, Mapping.PRIVATE, true);
                if (frame == GuestMemory.VIRTUALIZATION_EXCEPTION) {
                    return Stored.VIRTUALIZATION_EXCEPTION.ordinal();
                }
                if (frame == GuestMemory.PAGE_NOT_VALIDATED) {
                    return Stored.PAGE_NOT_VALIDATED.ordinal();
                }
                if (frame < 0) {
                    return frame;
                }
                memory.write(state, (int) frame, Value.ZERO, guest.key(state, Mapping.PRIVATE));
                if (ledger.isPresent()) {
                    ledger.get().zeroed(state, page);
                }
                return Stored.STORED.ordinal();
            };
        }

        @Override
        public String mnemonic() {
            return "zero mapped";
        }
    }
}
