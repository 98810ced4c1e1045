package org.ringfence.machine.snp.psc;

import java.util.List;
import java.util.stream.IntStream;
import org.ringfence.machine.memory.GuestPages;
import org.ringfence.machine.memory.Level;
import org.ringfence.machine.operation.Action;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Answer;
import org.ringfence.machine.operation.Cpus.Status;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Numbered;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Outcome;
import org.ringfence.machine.operation.Part;
import org.ringfence.machine.operation.Results;
import org.ringfence.machine.operation.Step;
import org.ringfence.machine.sev.ExitReason;
import org.ringfence.machine.snp.Snp;

/**
 * What a guest does to ask for many page state changes at once, each in the {@link PscBuffers} of the vCPU that asks.
 */
public sealed interface PscRequest<R> extends Operation<R> {

    @Override
    default List<Part> needs() {
        return List.of(new PscBuffers.Sized(1));
    }

    private static int vcpu(PscBuffers buffers, Actor actor) {
        if (actor.index() < 0 || actor.index() >= buffers.vcpus()) {
            throw new IllegalArgumentException("%s has no buffer for page state changes".formatted(actor));
        }
        return actor.index();
    }

    /**
     * Writes an entry.
     *
     * @param operation its four bits: 1 private, 2 shared, 3 PSMASH, 4 UNSMASH
     */
    record WriteEntry(int index, long gpa, int operation, Level size) implements PscRequest<Done>, Action {

        /** Writes an entry as it lies in memory, with nothing of it done yet. */
        public static WriteEntry raw(int index, PscEntry entry) {
            return new WriteEntry(index, entry.gpa(), entry.operation(), entry.size());
        }

        @Override
        public List<Part> needs() {
            return List.of(new PscBuffers.Sized(Math.clamp(index + 1, 1, PscEntry.MOST)));
        }

        @Override
        public Step on(Machine machine, Actor actor) {
            PscBuffers buffers = machine.part(PscBuffers.class);
            int vcpu = vcpu(buffers, actor);
            int page = GuestPages.page(buffers.geometry(), gpa);
            Numbered.require("PSC entry", index, buffers.capacity());
            if (size == Level.SIZE_2M && !buffers.geometry().hasLargePages()) {
                throw new IllegalArgumentException("a PSC entry of 2M, and the machine has no large pages");
            }
            Numbered.require("operation of a PSC entry", operation, buffers.operation().max() + 1);
            return state -> {
                buffers.writeEntry(state, vcpu, index, page, operation, size, 0);
                return Done.DONE.ordinal();
            };
        }

        @Override
        public String mnemonic() {
            return "write PSC entry";
        }
    }

    /** Writes the header: entries {@code first} to {@code last}, both included, are to be done. */
    record WriteHeader(int first, int last) implements PscRequest<Done>, Action {
        @Override
        public Step on(Machine machine, Actor actor) {
            PscBuffers buffers = machine.part(PscBuffers.class);
            int vcpu = vcpu(buffers, actor);
            if (first < 0 || first > buffers.current().max() || last < 0 || last > buffers.last().max()) {
                throw new IllegalArgumentException(
                        "a header from %d to %d; this machine's buffers have entries 0 to %d, and one more number that is none"
                                .formatted(first, last, buffers.capacity() - 1));
            }
            return state -> {
                buffers.writeHeader(state, vcpu, first, last, false);
                return Done.DONE.ordinal();
            };
        }

        @Override
        public String mnemonic() {
            return "write PSC header";
        }
    }

    /**
     * Reads the header: the first entry that is not done in bits 15:0, the last one in 31:16, and in bit 32 whether the
     * reserved word is other than 0.
     *
     * @param capacity entries of the buffer; up to {@link #FEW} every header there can be is learned at once
     */
    record ReadHeader(int capacity) implements PscRequest<Long> {
        private static final int FEW = 7;

        /** Of a result: the first entry that is not done. */
        public static int current(long header) {
            return (int) header & 0xFFFF;
        }

        /** Of a result: the last entry. */
        public static int last(long header) {
            return (int) (header >>> 16) & 0xFFFF;
        }

        /** Of a result: whether the reserved word is 0. */
        public static boolean isClean(long header) {
            return header >>> 32 == 0;
        }

        @Override
        public List<Part> needs() {
            return List.of(new PscBuffers.Sized(Math.clamp(capacity, 1, PscEntry.MOST)));
        }

        @Override
        public Results<Long> results() {
            if (capacity > FEW) {
                return new Results.Value();
            }
            int numbers = capacity + 1;
            return new Results.Listed<>(IntStream.range(0, numbers * numbers * 2)
                    .mapToObj(code -> packed(code / 2 / numbers, code / 2 % numbers, code % 2))
                    .toList());
        }

        private static long packed(int current, int last, int dirty) {
            return current | (long) last << 16 | (long) dirty << 32;
        }

        @Override
        public Step on(Machine machine, Actor actor) {
            PscBuffers buffers = machine.part(PscBuffers.class);
            int vcpu = vcpu(buffers, actor);
            if (capacity != buffers.capacity()) {
                throw new IllegalArgumentException("a buffer of %d entries is read as one of %d"
                        .formatted(buffers.capacity(), capacity));
            }
            int numbers = capacity + 1;
            return state -> {
                int current = buffers.current().get(state, vcpu);
                int last = buffers.last().get(state, vcpu);
                int dirty = buffers.reserved().get(state, vcpu);
                return capacity > FEW ? packed(current, last, dirty) : (current * numbers + last) * 2 + dirty;
            };
        }

        @Override
        public String mnemonic() {
            return "read PSC header";
        }
    }

    /**
     * VMGEXIT with exit code 0x80000010. The answer is SW_EXITINFO2: {@link PageStateChange#OK}, or something else.
     *
     * @param scratch where SW_SCRATCH says that the buffer lies
     */
    record Call(Scratch scratch) implements PscRequest<Answer> {
        /** Where the buffer lies. */
        public enum Scratch {
            /** In the GHCB. */
            INSIDE,
            /** Elsewhere in shared memory. */
            OUTSIDE
        }

        /** Of a buffer in the GHCB. */
        public Call() {
            this(Scratch.INSIDE);
        }

        @Override
        public Results<Answer> results() {
            return Results.Answers.below(PageStateChange.KNOWN_ANSWERS);
        }

        @Override
        public Step on(Machine machine, Actor actor) {
            Snp snp = machine.part(Snp.class);
            PscBuffers buffers = machine.part(PscBuffers.class);
            int vcpu = vcpu(buffers, actor);
            return state -> {
                buffers.outside().set(state, vcpu, scratch.ordinal());
                snp.leave(state, vcpu, Status.CALLING, ExitReason.PSC_BUFFER, 0);
                return Outcome.CALLS;
            };
        }

        @Override
        public String mnemonic() {
            return "PSC";
        }
    }
}
