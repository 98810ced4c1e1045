package org.ringfence.stack.guest.linux;

import java.util.List;
import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.Memory;
import org.ringfence.machine.operation.Action;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Numbered;
import org.ringfence.machine.operation.Outcome;
import org.ringfence.machine.operation.Part;
import org.ringfence.machine.operation.Step;
import org.ringfence.machine.state.Bits;
import org.ringfence.machine.state.Declaration;
import org.ringfence.machine.state.State;

/**
 * Linux's accepting_list: the units that some CPU is accepting now, here as one bit for each of their pages. Its lock
 * is held only while the list or the bitmap are read and written and never while memory is accepted, so that entering a
 * range is one step. Who finds a page of its range there drops the lock and tries again, with interrupts off: it waits.
 * Source: Linux, drivers/firmware/efi/unaccepted_memory.c.
 *
 * @param inFlight the pages that are being accepted
 */
public record AcceptingList(Geometry geometry, Bits inFlight) {
    /** Brings it. */
    public static final Part PART = Part.of(
            AcceptingList.class,
            (declaration, machine, cast) -> declare(declaration, machine.part(Memory.class).geometry()));

    private static AcceptingList declare(Declaration declaration, Geometry geometry) {
        return new AcceptingList(
                geometry, declaration.table("accepting list", "", 1).bits("in flight", geometry.pages()));
    }

    private boolean any(State state, int first, int count) {
        for (int page = first; page < first + count; page++) {
            if (inFlight.has(state, 0, page)) {
                return true;
            }
        }
        return false;
    }

    /** What is done with {@code count} pages from page {@code page} on. */
    public sealed interface ListOperation extends Action {
        /** The first page. */
        int page();

        /** How many. */
        int count();

        @Override
        default List<Part> needs() {
            return List.of(PART);
        }

        /** The list, where it has these pages. */
        default AcceptingList list(Machine machine) {
            AcceptingList list = machine.part(AcceptingList.class);
            Numbered.requireRange("pages", page(), count(), list.geometry().pages());
            return list;
        }
    }

    /** Enters the pages; waits while one of them is there. */
    public record BeginAccepting(int page, int count) implements ListOperation {
        @Override
        public boolean isBlocking() {
            return true;
        }

        @Override
        public Step on(Machine machine, Actor actor) {
            AcceptingList list = list(machine);
            return state -> {
                if (list.any(state, page, count)) {
                    return Outcome.WAITS;
                }
                for (int i = page; i < page + count; i++) {
                    list.inFlight().add(state, 0, i);
                }
                return Done.DONE.ordinal();
            };
        }

        @Override
        public String mnemonic() {
            return "begin accepting";
        }
    }

    /** Takes the pages out of the list. */
    public record EndAccepting(int page, int count) implements ListOperation {
        @Override
        public Step on(Machine machine, Actor actor) {
            AcceptingList list = list(machine);
            return state -> {
                for (int i = page; i < page + count; i++) {
                    list.inFlight().remove(state, 0, i);
                }
                return Done.DONE.ordinal();
            };
        }

        @Override
        public String mnemonic() {
            return "end accepting";
        }
    }
}
