package org.ringfence.stack.guest.svsm;

import java.util.List;
import org.ringfence.machine.memory.Memory;
import org.ringfence.machine.operation.Action;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Outcome;
import org.ringfence.machine.operation.Part;
import org.ringfence.machine.operation.Results;
import org.ringfence.machine.operation.Step;
import org.ringfence.machine.state.Bits;
import org.ringfence.machine.state.Declaration;
import org.ringfence.machine.state.Flag;
import org.ringfence.machine.state.Table;

/**
 * The memory map that the monitor tells its inner guest, where COCONUT-SVSM writes it into a page of IGVM memory map
 * entries: here a bit a page. What it says on a real machine, {@link org.ringfence.stack.guest.igvm.MemoryMap} writes.
 *
 * @param told whether it has been told
 * @param memory the pages that are the inner guest's
 */
public record GuestMap(Flag told, Bits memory) {
    /** Brings it. */
    public static final Part PART = Part.of(
            GuestMap.class,
            (declaration, machine, cast) -> declare(declaration, machine.part(Memory.class).geometry().pages()));

    /** Declares a map of {@code pages} pages, 64 at most. */
    public static GuestMap declare(Declaration declaration, int pages) {
        Table table = declaration.single("inner guest's memory map");
        return new GuestMap(table.flag("told"), table.pageSet("memory", pages));
    }

    /** How many ranges the pages in {@code memory} form. */
    static int ranges(long memory) {
        return Long.bitCount(memory & ~(memory << 1));
    }

    /**
     * The monitor tells the map. Answers how many ranges it has: more than one where something was withheld in the
     * middle.
     */
    public record PublishMap(long memory) implements Operation<Long> {
        @Override
        public List<Part> needs() {
            return List.of(PART);
        }

        @Override
        public Results<Long> results() {
            return new Results.Value();
        }

        @Override
        public Step on(Machine machine, Actor actor) {
            GuestMap map = machine.part(GuestMap.class);
            long ranges = ranges(memory);
            return state -> {
                map.memory.set(state, 0, memory);
                map.told.set(state, 0, true);
                return ranges;
            };
        }

        @Override
        public String mnemonic() {
            return "memory map";
        }
    }

    /** The inner guest waits until it has been told a map. */
    public record AwaitMap() implements Action {
        @Override
        public List<Part> needs() {
            return List.of(PART);
        }

        @Override
        public Step on(Machine machine, Actor actor) {
            GuestMap map = machine.part(GuestMap.class);
            return state -> map.told.get(state, 0) ? Done.DONE.ordinal() : Outcome.WAITS;
        }

        @Override
        public String mnemonic() {
            return "await map";
        }
    }

    /** The inner guest looks whether a page is memory. */
    public record IsMemory(int page) implements Operation<Boolean> {
        @Override
        public List<Part> needs() {
            return List.of(PART);
        }

        @Override
        public Results<Boolean> results() {
            return new Results.Truth();
        }

        @Override
        public Step on(Machine machine, Actor actor) {
            GuestMap map = machine.part(GuestMap.class);
            return state -> map.memory.has(state, 0, page) ? 1 : 0;
        }

        @Override
        public String mnemonic() {
            return "read map";
        }
    }
}
