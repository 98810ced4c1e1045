package org.ringfence.stack.sync;

import java.util.List;
import org.ringfence.machine.operation.Action;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Cast;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Part;
import org.ringfence.machine.operation.Property;
import org.ringfence.machine.operation.Results;
import org.ringfence.machine.operation.Step;
import org.ringfence.machine.state.Bounded;
import org.ringfence.machine.state.Declaration;
import org.ringfence.machine.state.State;

/**
 * Counts of who uses an object, each 0 at first: there is no object. Taking a reference where there is none is a use
 * after free, and giving one back an underflow: both break host-safety, and leave the count as it is, as refcount_t
 * saturates. Linux: Documentation/core-api/refcount-vs-atomic.rst.
 *
 * @param count of each; {@link #MOST} at most
 */
public record ReferenceCounts(Names names, Bounded count) {
    /** References at most: more than this many at once is an error of the software. */
    public static final int MOST = 7;

    /** Brings counts of these names. */
    public record Named(List<String> counts) implements Part {
        public Named {
            counts = new Names(counts).names();
        }

        /** Brings counts of these names. */
        public static Named of(String... counts) {
            return new Named(List.of(counts));
        }

        @Override
        public Class<? extends Record> type() {
            return ReferenceCounts.class;
        }

        @Override
        public Record declare(Declaration declaration, Machine machine, Cast cast) {
            return new ReferenceCounts(
                    new Names(counts),
                    declaration.table("reference count", "number", counts.size()).bounded("references", MOST));
        }

        @Override
        public Part and(Part other) {
            return other instanceof Named more
                    ? new Named(new Names(counts).and(new Names(more.counts)).names())
                    : Part.super.and(other);
        }
    }

    private boolean add(State state, int index) {
        int references = count.get(state, index);
        if (references == 0 || references == MOST) {
            return false;
        }
        count.set(state, index, references + 1);
        return true;
    }

    private boolean subtract(State state, int index) {
        int references = count.get(state, index);
        if (references == 0) {
            return false;
        }
        count.set(state, index, references - 1);
        return true;
    }

    private static void judge(State state, boolean right) {
        state.observe(right ? Property.HOST_SAFETY.exercised() : Property.HOST_SAFETY.broken());
    }

    /** What is done with one of them. */
    public sealed interface OnCount<R> extends Operation<R> {
        /** The object's name. */
        String object();

        @Override
        default List<Part> needs() {
            return List.of(Named.of(object()));
        }
    }

    /** Makes the object, with one reference: refcount_set. */
    public record MakeObject(String object) implements OnCount<Done>, Action {
        @Override
        public Step on(Machine machine, Actor actor) {
            ReferenceCounts counts = machine.part(ReferenceCounts.class);
            int index = counts.names.index(object);
            return state -> {
                judge(state, counts.count.get(state, index) == 0);
                counts.count.set(state, index, 1);
                return Done.DONE.ordinal();
            };
        }

        @Override
        public String mnemonic() {
            return "make object";
        }
    }

    /** Takes a reference: refcount_inc. */
    public record TakeReference(String object) implements OnCount<Done>, Action {
        @Override
        public Step on(Machine machine, Actor actor) {
            ReferenceCounts counts = machine.part(ReferenceCounts.class);
            int index = counts.names.index(object);
            return state -> {
                judge(state, counts.add(state, index));
                return Done.DONE.ordinal();
            };
        }

        @Override
        public String mnemonic() {
            return "take reference";
        }
    }

    /** Takes a reference where there is one already; answers whether it did: refcount_inc_not_zero, get_file_active. */
    public record TryReference(String object) implements OnCount<Boolean> {
        @Override
        public Results<Boolean> results() {
            return new Results.Truth();
        }

        @Override
        public Step on(Machine machine, Actor actor) {
            ReferenceCounts counts = machine.part(ReferenceCounts.class);
            int index = counts.names.index(object);
            return state -> counts.add(state, index) ? 1 : 0;
        }

        @Override
        public String mnemonic() {
            return "try reference";
        }
    }

    /** Gives a reference back; answers whether it was the last, so that the object is gone: refcount_dec_and_test. */
    public record GiveReference(String object) implements OnCount<Boolean> {
        @Override
        public Results<Boolean> results() {
            return new Results.Truth();
        }

        @Override
        public Step on(Machine machine, Actor actor) {
            ReferenceCounts counts = machine.part(ReferenceCounts.class);
            int index = counts.names.index(object);
            return state -> {
                boolean held = counts.subtract(state, index);
                judge(state, held);
                return held && counts.count.get(state, index) == 0 ? 1 : 0;
            };
        }

        @Override
        public String mnemonic() {
            return "give reference";
        }
    }
}
