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
import org.ringfence.machine.operation.Property;
import org.ringfence.machine.operation.Results;
import org.ringfence.machine.operation.Step;
import org.ringfence.machine.state.Declaration;
import org.ringfence.machine.state.Flag;
import org.ringfence.machine.state.State;

/**
 * A kernel's e820 map, edited whenever memory is accepted: neighbouring pages of one type are one entry, and there are
 * only so many entries (E820_MAX_ENTRIES_ZEROPAGE, 128 in boot_params). The edits are the kernel's own: what the next
 * one is started with by kexec is the firmware's map, in which nothing is accepted.
 *
 * @param accepted the pages that the map has as accepted RAM; the others are unaccepted
 */
public record E820Map(Geometry geometry, Flag accepted) {
    /** Entries in boot_params. */
    public static final int MOST = 128;

    /** Brings it, with nothing accepted. */
    public static final Part PART = Part.of(
            E820Map.class,
            (declaration, machine, cast) -> declare(declaration, machine.part(Memory.class).geometry()));

    /** Declares one flag a page. */
    public static E820Map declare(Declaration declaration, Geometry geometry) {
        return new E820Map(geometry, declaration.perPage("e820", geometry.pages()).flag("accepted"));
    }

    /** How many entries the map has. */
    public int entries(State state) {
        int entries = 1;
        for (int page = 1; page < geometry.pages(); page++) {
            entries += accepted.get(state, page) == accepted.get(state, page - 1) ? 0 : 1;
        }
        return entries;
    }

    /** What is done with the map. */
    public sealed interface E820Operation<R> extends Operation<R> {
        @Override
        default List<Part> needs() {
            return List.of(PART);
        }
    }

    /** A kernel begins with the firmware's map. */
    public record TakeFirmwareMap() implements E820Operation<Done>, Action {
        @Override
        public Step on(Machine machine, Actor actor) {
            E820Map map = machine.part(E820Map.class);
            return state -> {
                for (int page = 0; page < map.geometry().pages(); page++) {
                    map.accepted().set(state, page, false);
                }
                return Done.DONE.ordinal();
            };
        }

        @Override
        public String mnemonic() {
            return "take firmware e820";
        }
    }

    /** Whether the map has the page at {@code gpa} as accepted. */
    public record LookInE820(long gpa) implements E820Operation<Boolean> {
        @Override
        public Results<Boolean> results() {
            return new Results.Truth();
        }

        @Override
        public Step on(Machine machine, Actor actor) {
            E820Map map = machine.part(E820Map.class);
            int page = GuestPages.page(map.geometry(), gpa);
            return state -> map.accepted().get(state, page) ? 1 : 0;
        }

        @Override
        public String mnemonic() {
            return "look in e820";
        }
    }

    /** Makes the page at {@code gpa} accepted RAM, unless that takes more than {@code most} entries: whether it did. */
    public record EditE820(long gpa, int most) implements E820Operation<Boolean> {
        @Override
        public Results<Boolean> results() {
            return new Results.Truth();
        }

        @Override
        public Step on(Machine machine, Actor actor) {
            E820Map map = machine.part(E820Map.class);
            int page = GuestPages.page(map.geometry(), gpa);
            return state -> {
                boolean before = map.accepted().get(state, page);
                map.accepted().set(state, page, true);
                if (map.entries(state) > most) {
                    map.accepted().set(state, page, before);
                    return 0;
                }
                state.observe(Property.ACCOUNTING.exercised());
                return 1;
            };
        }

        @Override
        public String mnemonic() {
            return "edit e820";
        }
    }

    /** Leaves the page at {@code gpa} unaccepted in the map, although it is accepted: held against accounting. */
    public record LeaveOutOfE820(long gpa) implements E820Operation<Done>, Action {
        @Override
        public Step on(Machine machine, Actor actor) {
            E820Map map = machine.part(E820Map.class);
            int page = GuestPages.page(map.geometry(), gpa);
            return state -> {
                map.accepted().set(state, page, false);
                state.observe(Property.ACCOUNTING.broken());
                return Done.DONE.ordinal();
            };
        }

        @Override
        public String mnemonic() {
            return "leave out of e820";
        }
    }
}
