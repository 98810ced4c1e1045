package org.ringfence.stack.sync;

import java.util.List;
import org.ringfence.machine.operation.Action;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Cast;
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
import org.ringfence.machine.state.State;
import org.ringfence.machine.state.Table;

/**
 * Counters by which a reader learns that a writer came between two of its looks. A counter's number only ever serves to
 * be compared with one that was read before; so what is kept is not the number but, for each actor, whether it still is
 * what the actor last read. That says all that the numbers say, takes one bit an actor, and never wraps around. An
 * actor has one reading of a counter at a time. Linux: Documentation/locking/seqlock.rst.
 *
 * @param writing whether a writer is between its two steps: the number is odd
 * @param fresh the actors whose reading still holds
 */
public record SequenceCounters(Names names, Flag writing, Bits fresh) {

    /** Brings counters of these names. */
    public record Named(List<String> counters) implements Part {
        public Named {
            counters = new Names(counters).names();
        }

        /** Brings counters of these names. */
        public static Named of(String... counters) {
            return new Named(List.of(counters));
        }

        @Override
        public Class<? extends Record> type() {
            return SequenceCounters.class;
        }

        @Override
        public Record declare(Declaration declaration, Machine machine, Cast cast) {
            Table table = declaration.table("sequence counter", "number", counters.size());
            return new SequenceCounters(
                    new Names(counters),
                    table.flag("writing"),
                    table.bits("fresh", cast.actors().size()));
        }

        @Override
        public Part and(Part other) {
            return other instanceof Named more
                    ? new Named(new Names(counters).and(new Names(more.counters)).names())
                    : Part.super.and(other);
        }
    }

    /** The number of the counter of this name; IllegalArgumentException where there is none. */
    public int index(String name) {
        return names.index(name);
    }

    /** Counts on: every reading so far is out of date. */
    public void advance(State state, int counter) {
        fresh.set(state, counter, 0);
    }

    /** {@code actor} reads the number. */
    public void read(State state, int counter, int actor) {
        fresh.add(state, counter, actor);
    }

    /** Whether the number is no longer what {@code actor} last read. */
    public boolean hasMoved(State state, int counter, int actor) {
        return !fresh.has(state, counter, actor);
    }

    /** {@code actor} needs its reading no more; states that differ by it only are one. */
    public void forget(State state, int counter, int actor) {
        fresh.remove(state, counter, actor);
    }

    /** What is done with one of them. */
    public sealed interface OnCounter<R> extends Operation<R> {
        /** The counter's name. */
        String counter();

        @Override
        default List<Part> needs() {
            return List.of(Named.of(counter()));
        }
    }

    /** Reads the number; waits while a writer is between its steps: read_seqcount_begin. */
    public record ReadSequence(String counter) implements OnCounter<Done>, Action {
        @Override
        public Step on(Machine machine, Actor actor) {
            SequenceCounters counters = machine.part(SequenceCounters.class);
            int index = counters.index(counter);
            int self = actor.index();
            return state -> {
                if (counters.writing.get(state, index)) {
                    return Outcome.WAITS;
                }
                counters.read(state, index, self);
                return Done.DONE.ordinal();
            };
        }

        @Override
        public String mnemonic() {
            return "read sequence";
        }
    }

    /** Whether the number is another than the actor read, and ends that reading: read_seqcount_retry. */
    public record HasSequenceMoved(String counter) implements OnCounter<Boolean> {
        @Override
        public Results<Boolean> results() {
            return new Results.Truth();
        }

        @Override
        public Step on(Machine machine, Actor actor) {
            SequenceCounters counters = machine.part(SequenceCounters.class);
            int index = counters.index(counter);
            int self = actor.index();
            return state -> {
                boolean moved = counters.hasMoved(state, index, self);
                counters.forget(state, index, self);
                return moved ? 1 : 0;
            };
        }

        @Override
        public String mnemonic() {
            return "compare sequence";
        }
    }

    /** A writer begins, and the number becomes odd: write_seqcount_begin. Writers exclude each other by a lock. */
    public record BeginSequence(String counter) implements OnCounter<Done>, Action {
        @Override
        public Step on(Machine machine, Actor actor) {
            return writing(machine, counter, true);
        }

        @Override
        public String mnemonic() {
            return "begin sequence";
        }
    }

    /** A writer ends, and the number becomes even: write_seqcount_end. */
    public record EndSequence(String counter) implements OnCounter<Done>, Action {
        @Override
        public Step on(Machine machine, Actor actor) {
            return writing(machine, counter, false);
        }

        @Override
        public String mnemonic() {
            return "end sequence";
        }
    }

    private static Step writing(Machine machine, String counter, boolean begins) {
        SequenceCounters counters = machine.part(SequenceCounters.class);
        int index = counters.index(counter);
        return state -> {
            counters.writing.set(state, index, begins);
            counters.advance(state, index);
            return Done.DONE.ordinal();
        };
    }
}
