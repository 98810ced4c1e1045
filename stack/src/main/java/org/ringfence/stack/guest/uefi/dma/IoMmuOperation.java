package org.ringfence.stack.guest.uefi.dma;

import java.util.List;
import org.ringfence.machine.operation.Action;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Numbered;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Part;
import org.ringfence.machine.operation.Results;
import org.ringfence.machine.operation.Step;
import org.ringfence.machine.state.State;
import org.ringfence.stack.guest.uefi.event.EventOperation.Count;
import org.ringfence.stack.guest.uefi.memory.PoolBins;

/** What the IOMMU driver does to its own tables; none of it touches memory. */
public sealed interface IoMmuOperation<R> extends Operation<R> {

    @Override
    default List<Part> needs() {
        return List.of(new IoMmu.Sized(
                Math.clamp(mappings(), 2, IoMmu.MOST), 2, Math.clamp(slots(), 0, IoMmu.MOST), infos()));
    }

    /** How many mappings it speaks of. */
    default int mappings() {
        return 0;
    }

    /** How many slots of the reserved pool it speaks of. */
    default int slots() {
        return 0;
    }

    /** Whether it speaks of a MAP_INFO in pool. */
    default boolean infos() {
        return false;
    }

    /**
     * Refuses numbers of what the driver's tables do not have.
     *
     * @throws IllegalArgumentException with a sentence
     */
    default void require(IoMmu tables) {
        // Most name nothing.
    }

    /** Takes the step. */
    long take(IoMmu tables, State state);

    @Override
    default Step on(Machine machine, Actor actor) {
        IoMmu tables = machine.part(IoMmu.class);
        require(tables);
        return state -> take(tables, state);
    }

    // ---- the pool

    /** The pool begins at {@code page}; 0: there is none any more. */
    record SetPool(int page) implements IoMmuOperation<Done>, Action {
        @Override
        public int slots() {
            return page == 0 ? 0 : 1;
        }

        @Override
        public void require(IoMmu tables) {
            Numbered.require("page of the reserved pool", page, tables.pool().max() + 1);
        }

        @Override
        public long take(IoMmu tables, State state) {
            tables.pool().set(state, page);
            tables.taken().set(state, 0, 0);
            return Done.DONE.ordinal();
        }

        @Override
        public String mnemonic() {
            return "set pool";
        }
    }

    /** The first page of the pool; 0 for none. */
    record ReadPool() implements IoMmuOperation<Integer> {
        @Override
        public Results<Integer> results() {
            return new Results.Coded<>(Count.COUNT);
        }

        @Override
        public long take(IoMmu tables, State state) {
            return tables.pool().get(state);
        }

        @Override
        public String mnemonic() {
            return "read pool";
        }
    }

    /** Takes a free slot of those from {@code firstBit} on; its bit plus one, or 0 when all are taken. */
    record TakeSlot(int firstBit, int slots) implements IoMmuOperation<Integer> {
        @Override
        public int slots() {
            return firstBit + slots;
        }

        @Override
        public void require(IoMmu tables) {
            Numbered.require("slot of the reserved pool", firstBit, Math.max(1, tables.taken().width()));
            Numbered.require("number of slots", slots, tables.taken().width() - firstBit + 1);
        }

        @Override
        public Results<Integer> results() {
            return new Results.Coded<>(Count.COUNT);
        }

        @Override
        public long take(IoMmu tables, State state) {
            for (int bit = firstBit; bit < firstBit + slots; bit++) {
                if (!tables.taken().has(state, 0, bit)) {
                    tables.taken().add(state, 0, bit);
                    return bit + 1L;
                }
            }
            return 0;
        }

        @Override
        public String mnemonic() {
            return "take slot";
        }
    }

    /** Gives a slot back. */
    record ReleaseSlot(int bit) implements IoMmuOperation<Done>, Action {
        @Override
        public int slots() {
            return bit + 1;
        }

        @Override
        public void require(IoMmu tables) {
            Numbered.require("slot of the reserved pool", bit, tables.taken().width());
        }

        @Override
        public long take(IoMmu tables, State state) {
            tables.taken().remove(state, 0, bit);
            return Done.DONE.ordinal();
        }

        @Override
        public String mnemonic() {
            return "release slot";
        }
    }

    // ---- mappings

    /**
     * Enters a mapping as the newest of the list. Answers its number, from 1; 0 when there is no room.
     *
     * @param crypted the first page of the caller's buffer
     * @param plain the first that the device uses
     * @param slot of the pool, from 1; 0 for none
     */
    record Insert(DmaOperation operation, int bytes, int crypted, int plain, int slot)
            implements
                IoMmuOperation<Integer> {
        @Override
        public int slots() {
            return slot;
        }

        @Override
        public void require(IoMmu tables) {
            Numbered.require("number of bytes", bytes, tables.bytes().max() + 1);
            Numbered.require("encrypted page", crypted, tables.crypted().max() + 1);
            Numbered.require("plain page", plain, tables.plain().max() + 1);
            Numbered.require("slot of the reserved pool", slot, tables.slot().max() + 1);
        }

        @Override
        public Results<Integer> results() {
            return new Results.Coded<>(Count.COUNT);
        }

        @Override
        public long take(IoMmu tables, State state) {
            int mapping = tables.insert(state);
            if (mapping != 0) {
                int at = mapping - 1;
                tables.operation().set(state, at, 1 + operation.ordinal());
                tables.bytes().set(state, at, bytes);
                tables.crypted().set(state, at, crypted);
                tables.plain().set(state, at, plain);
                tables.slot().set(state, at, slot);
            }
            return mapping;
        }

        @Override
        public String mnemonic() {
            return "insert mapping";
        }
    }

    /** Enters where the MAP_INFO of a mapping is in pool. */
    record EnterInfo(int mapping, long address) implements IoMmuOperation<Done>, Action {
        @Override
        public int mappings() {
            return mapping;
        }

        @Override
        public boolean infos() {
            return true;
        }

        @Override
        public void require(IoMmu tables) {
            Numbered.require("mapping", mapping - 1, tables.mappings());
            long head = address - PoolBins.HEAD;
            if (head <= 0 || head % PoolBins.UNIT != 0 || head / PoolBins.UNIT > tables.info().max()) {
                throw new IllegalArgumentException("no block of pool has its data at 0x%X".formatted(address));
            }
        }

        @Override
        public long take(IoMmu tables, State state) {
            tables.info().set(state, mapping - 1, (int) ((address - PoolBins.HEAD) / PoolBins.UNIT));
            return Done.DONE.ordinal();
        }

        @Override
        public String mnemonic() {
            return "enter info";
        }
    }

    /** Where the MAP_INFO of a mapping is in pool; 0 where it is not there. */
    record ReadInfo(int mapping) implements IoMmuOperation<Long> {
        @Override
        public int mappings() {
            return mapping;
        }

        @Override
        public boolean infos() {
            return true;
        }

        @Override
        public void require(IoMmu tables) {
            Numbered.require("mapping", mapping - 1, tables.mappings());
        }

        @Override
        public Results<Long> results() {
            return new Results.Value();
        }

        @Override
        public long take(IoMmu tables, State state) {
            long unit = tables.info().get(state, mapping - 1);
            return unit == 0 ? 0 : unit * PoolBins.UNIT + PoolBins.HEAD;
        }

        @Override
        public String mnemonic() {
            return "read info";
        }
    }

    /** Strikes a mapping. */
    record Remove(int mapping) implements IoMmuOperation<Done>, Action {
        @Override
        public int mappings() {
            return mapping;
        }

        @Override
        public void require(IoMmu tables) {
            Numbered.require("mapping", mapping - 1, tables.mappings());
        }

        @Override
        public long take(IoMmu tables, State state) {
            tables.remove(state, mapping);
            return Done.DONE.ordinal();
        }

        @Override
        public String mnemonic() {
            return "remove mapping";
        }
    }

    /** Whether this is a mapping. */
    record IsMapping(int mapping) implements IoMmuOperation<Boolean> {
        @Override
        public int mappings() {
            return mapping;
        }

        @Override
        public Results<Boolean> results() {
            return new Results.Truth();
        }

        @Override
        public long take(IoMmu tables, State state) {
            boolean known = mapping > 0 && mapping <= tables.mappings();
            return known && tables.operation().get(state, mapping - 1) != 0 ? 1 : 0;
        }

        @Override
        public String mnemonic() {
            return "is mapping";
        }
    }

    /** The newest mapping; 0 for none. */
    record Newest() implements IoMmuOperation<Integer> {
        @Override
        public Results<Integer> results() {
            return new Results.Coded<>(Count.COUNT);
        }

        @Override
        public long take(IoMmu tables, State state) {
            return tables.newest(state);
        }

        @Override
        public String mnemonic() {
            return "newest mapping";
        }
    }

    /** What a mapping is for. */
    record Purpose(DmaOperation operation, int slot, int bytes) {
        enum Coding implements Results.Coding<Purpose> {
            PURPOSE;

            @Override
            public Purpose decode(long code) {
                return new Purpose(
                        DmaOperation.of((int) (code & 7)).orElseThrow(), (int) (code >>> 3 & 31), (int) (code >>> 8));
            }

            @Override
            public String print(long code) {
                Purpose purpose = decode(code);
                return "%s, %d bytes%s".formatted(
                        purpose.operation,
                        purpose.bytes,
                        purpose.slot == 0 ? "" : ", slot %d".formatted(purpose.slot - 1));
            }
        }
    }

    /**
     * Reads what a mapping is for. The driver does not look whether it is one: firmware that passes another is lost.
     */
    record ReadPurpose(int mapping) implements IoMmuOperation<Purpose> {
        @Override
        public int mappings() {
            return mapping;
        }

        @Override
        public void require(IoMmu tables) {
            Numbered.require("mapping", mapping - 1, tables.mappings());
        }

        @Override
        public Results<Purpose> results() {
            return new Results.Coded<>(Purpose.Coding.PURPOSE);
        }

        @Override
        public long take(IoMmu tables, State state) {
            int at = mapping - 1;
            return (long) tables.bytes().get(state, at) << 8
                    | (long) tables.slot().get(state, at) << 3
                    | tables.operation().get(state, at) - 1;
        }

        @Override
        public String mnemonic() {
            return "read mapping";
        }
    }

    /**
     * Two first pages.
     *
     * @param crypted of the caller's buffer; of a common buffer's stash
     * @param plain that the device uses; how many pages a common buffer has
     */
    record Two(int crypted, int plain) {
        enum Coding implements Results.Coding<Two> {
            TWO;

            @Override
            public Two decode(long code) {
                return new Two((int) (code >>> 24), (int) code & 0xFFFFFF);
            }

            @Override
            public String print(long code) {
                Two two = decode(code);
                return "%d and %d".formatted(two.crypted, two.plain);
            }
        }
    }

    /** Reads the pages of a mapping. */
    record ReadPages(int mapping) implements IoMmuOperation<Two> {
        @Override
        public int mappings() {
            return mapping;
        }

        @Override
        public void require(IoMmu tables) {
            Numbered.require("mapping", mapping - 1, tables.mappings());
        }

        @Override
        public Results<Two> results() {
            return new Results.Coded<>(Two.Coding.TWO);
        }

        @Override
        public long take(IoMmu tables, State state) {
            return (long) tables.crypted().get(state, mapping - 1) << 24 | tables.plain().get(state, mapping - 1);
        }

        @Override
        public String mnemonic() {
            return "read mapped pages";
        }
    }

    // ---- common buffers

    /** Writes the header of a common buffer. Answers whether there was room. */
    record WriteHeader(int header, int pages, int stash, int slot) implements IoMmuOperation<Boolean> {
        @Override
        public Results<Boolean> results() {
            return new Results.Truth();
        }

        @Override
        public long take(IoMmu tables, State state) {
            int buffer = tables.buffer(state, 0);
            if (buffer != 0) {
                tables.header().set(state, buffer - 1, header);
                tables.pages().set(state, buffer - 1, pages);
                tables.stash().set(state, buffer - 1, stash);
                tables.bufferSlot().set(state, buffer - 1, slot);
            }
            return buffer != 0 ? 1 : 0;
        }

        @Override
        public String mnemonic() {
            return "write header";
        }
    }

    /** Reads the stash's first page and the count of pages from a header; 0 and 0 where there is no header. */
    record ReadHeader(int header) implements IoMmuOperation<Two> {
        @Override
        public Results<Two> results() {
            return new Results.Coded<>(Two.Coding.TWO);
        }

        @Override
        public long take(IoMmu tables, State state) {
            int buffer = tables.buffer(state, header);
            return buffer == 0 || header == 0
                    ? 0
                    : (long) tables.stash().get(state, buffer - 1) << 24 | tables.pages().get(state, buffer - 1);
        }

        @Override
        public String mnemonic() {
            return "read header";
        }
    }

    /** Reads the slot of the pool from a header, from 1; 0 for none. */
    record ReadBufferSlot(int header) implements IoMmuOperation<Integer> {
        @Override
        public Results<Integer> results() {
            return new Results.Coded<>(Count.COUNT);
        }

        @Override
        public long take(IoMmu tables, State state) {
            int buffer = tables.buffer(state, header);
            return buffer == 0 ? 0 : tables.bufferSlot().get(state, buffer - 1);
        }

        @Override
        public String mnemonic() {
            return "read buffer slot";
        }
    }

    /** Strikes a common buffer. */
    record ForgetBuffer(int header) implements IoMmuOperation<Done>, Action {
        @Override
        public long take(IoMmu tables, State state) {
            int buffer = tables.buffer(state, header);
            if (buffer != 0) {
                tables.header().set(state, buffer - 1, 0);
                tables.pages().set(state, buffer - 1, 0);
                tables.stash().set(state, buffer - 1, 0);
                tables.bufferSlot().set(state, buffer - 1, 0);
            }
            return Done.DONE.ordinal();
        }

        @Override
        public String mnemonic() {
            return "forget buffer";
        }
    }
}
