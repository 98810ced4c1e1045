package org.ringfence.stack.guest.linux.convert;

import java.util.List;
import java.util.Locale;
import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.GuestMemory.Mapping;
import org.ringfence.machine.memory.GuestPages;
import org.ringfence.machine.memory.Load;
import org.ringfence.machine.memory.Loaded;
import org.ringfence.machine.memory.Look;
import org.ringfence.machine.memory.Memory;
import org.ringfence.machine.memory.Store;
import org.ringfence.machine.memory.Stored;
import org.ringfence.machine.memory.Value;
import org.ringfence.machine.operation.Action;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Outcome;
import org.ringfence.machine.operation.Part;
import org.ringfence.machine.operation.Property;
import org.ringfence.machine.operation.Results;
import org.ringfence.machine.operation.Step;
import org.ringfence.machine.state.Declaration;
import org.ringfence.machine.state.Enumerated;
import org.ringfence.machine.state.State;

/**
 * The kernel's direct map: through which mapping its software reaches each page, as the page's entry says. An entry and
 * what the host and the hardware have for the page change one after the other, and every CPU goes by the entry in
 * between. A change is seen by all CPUs at once: set_memory flushes their TLBs before it goes on.
 *
 * @param entry of each page
 */
public record DirectMap(Geometry geometry, Enumerated<Entry> entry) {
    /** An entry. */
    public enum Entry {
        /** Encrypted: C-bit 1, or the shared bit clear. */
        PRIVATE,
        /** Decrypted. */
        SHARED,
        /** Not present. */
        NONE;

        /** The one that leads through {@code mapping}. */
        static Entry of(Mapping mapping) {
            return mapping == Mapping.SHARED ? SHARED : PRIVATE;
        }

        @Override
        public String toString() {
            return this == NONE ? "not present" : name().toLowerCase(Locale.ROOT);
        }
    }

    /** Brings it, with every entry private. */
    public static final Part PART = Part.of(
            DirectMap.class,
            (declaration, machine, cast) -> declare(declaration, machine.part(Memory.class).geometry()));

    /** Declares one entry a page. */
    public static DirectMap declare(Declaration declaration, Geometry geometry) {
        return new DirectMap(
                geometry, declaration.perPage("direct map", geometry.pages()).enumerated("entry", Entry.class));
    }

    /** What is done with the entry of a page, or through it. */
    public sealed interface MapOperation<R> extends Operation<R> {
        /** The page, in bytes. */
        long gpa();

        @Override
        default List<Part> needs() {
            return List.of(PART);
        }
    }

    /** Changes the entry, and flushes it on all CPUs. */
    public record SetEntry(long gpa, Entry entry) implements MapOperation<Done>, Action {
        @Override
        public Step on(Machine machine, Actor actor) {
            DirectMap map = machine.part(DirectMap.class);
            int page = GuestPages.page(map.geometry(), gpa);
            return state -> {
                map.entry().set(state, page, entry);
                return Done.DONE.ordinal();
            };
        }

        @Override
        public String mnemonic() {
            return "set PTE";
        }
    }

    /**
     * Reads the page through its entry.
     *
     * @param stray whether nobody wants what is read: load_unaligned_zeropad(), which takes a page that is not present
     *     for zeros
     */
    public record ReadMapped(long gpa, boolean stray) implements MapOperation<Loaded> {
        @Override
        public Results<Loaded> results() {
            return new Results.Closed<>(Loaded.class);
        }

        @Override
        public Step on(Machine machine, Actor actor) {
            Step oops = DirectMap::oops;
            return through(machine, gpa, reader(machine, actor, Mapping.PRIVATE),
                    reader(machine, actor, Mapping.SHARED), stray ? state -> Loaded.ZERO.ordinal() : oops);
        }

        private Step reader(Machine machine, Actor actor, Mapping mapping) {
            Operation<Loaded> read = stray ? new Look(gpa, mapping) : new Load(gpa, mapping);
            return read.on(machine, actor);
        }

        @Override
        public String mnemonic() {
            return "read mapped";
        }
    }

    /** Writes the page through its entry. */
    public record WriteMapped(long gpa, Value value) implements MapOperation<Stored> {
        @Override
        public Results<Stored> results() {
            return new Results.Closed<>(Stored.class);
        }

        @Override
        public Step on(Machine machine, Actor actor) {
            return through(machine, gpa, new Store(gpa, Mapping.PRIVATE, value).on(machine, actor),
                    new Store(gpa, Mapping.SHARED, value).on(machine, actor), DirectMap::oops);
        }

        @Override
        public String mnemonic() {
            return "write mapped";
        }
    }

    private static Step through(Machine machine, long gpa, Step asPrivate, Step asShared, Step notPresent) {
        DirectMap map = machine.part(DirectMap.class);
        int page = GuestPages.page(map.geometry(), gpa);
        return state -> switch (map.entry().get(state, page)) {
            case PRIVATE -> asPrivate.take(state);
            case SHARED -> asShared.take(state);
            case NONE -> notPresent.take(state);
        };
    }

    /** A page fault that nobody fixes up ends the kernel. */
    private static long oops(State state) {
        state.observe(Property.AVAILABILITY.broken());
        return Outcome.WAITS;
    }
}
