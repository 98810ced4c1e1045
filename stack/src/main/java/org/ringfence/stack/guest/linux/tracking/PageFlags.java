package org.ringfence.stack.guest.linux.tracking;

import java.util.List;
import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.GuestPages;
import org.ringfence.machine.memory.Memory;
import org.ringfence.machine.operation.Action;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Part;
import org.ringfence.machine.operation.Results;
import org.ringfence.machine.operation.Step;
import org.ringfence.machine.state.Declaration;
import org.ringfence.machine.state.Flag;

/**
 * A flag in each struct page that says whether the page is accepted. The array of them belongs to one kernel: neither
 * the EFI stub nor the decompressor has it, and each kernel makes its own when it starts.
 *
 * @param accepted the flag of each page
 */
public record PageFlags(Geometry geometry, Flag accepted) {
    /** Brings it, with no flag set. */
    public static final Part PART = Part.of(
            PageFlags.class,
            (declaration, machine, cast) -> declare(declaration, machine.part(Memory.class).geometry()));

    private static PageFlags declare(Declaration declaration, Geometry geometry) {
        return new PageFlags(geometry, declaration.perPage("struct page", geometry.pages()).flag("accepted"));
    }

    /** What is done with the array. */
    public sealed interface FlagOperation<R> extends Operation<R> {
        @Override
        default List<Part> needs() {
            return List.of(PART);
        }
    }

    /** A kernel makes its own array, in which no flag is set. */
    public record MakeArray() implements FlagOperation<Done>, Action {
        @Override
        public Step on(Machine machine, Actor actor) {
            PageFlags flags = machine.part(PageFlags.class);
            return state -> {
                for (int page = 0; page < flags.geometry().pages(); page++) {
                    flags.accepted().set(state, page, false);
                }
                return Done.DONE.ordinal();
            };
        }

        @Override
        public String mnemonic() {
            return "make struct pages";
        }
    }

    /** Whether the flag of the page at {@code gpa} is set. */
    public record TestFlag(long gpa) implements FlagOperation<Boolean> {
        @Override
        public Results<Boolean> results() {
            return new Results.Truth();
        }

        @Override
        public Step on(Machine machine, Actor actor) {
            PageFlags flags = machine.part(PageFlags.class);
            int page = GuestPages.page(flags.geometry(), gpa);
            return state -> flags.accepted().get(state, page) ? 1 : 0;
        }

        @Override
        public String mnemonic() {
            return "test page flag";
        }
    }

    /** Sets it. */
    public record SetFlag(long gpa) implements FlagOperation<Done>, Action {
        @Override
        public Step on(Machine machine, Actor actor) {
            PageFlags flags = machine.part(PageFlags.class);
            int page = GuestPages.page(flags.geometry(), gpa);
            return state -> {
                flags.accepted().set(state, page, true);
                return Done.DONE.ordinal();
            };
        }

        @Override
        public String mnemonic() {
            return "set page flag";
        }
    }
}
