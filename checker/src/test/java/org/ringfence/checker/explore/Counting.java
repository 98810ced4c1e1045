package org.ringfence.checker.explore;

import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.ringfence.machine.operation.Action;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Family;
import org.ringfence.machine.operation.Invariant;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Outcome;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.operation.Property;
import org.ringfence.machine.operation.Step;
import org.ringfence.machine.operation.Successors;
import org.ringfence.machine.state.Layout;
import org.ringfence.machine.state.State;
import org.ringfence.machine.state.Word;

/**
 * Models without software whose state is one or more 64-bit words: word 0 goes from each value to some others.
 *
 * @param edges what follows a value
 */
record Counting(Word word, Edges edges) implements Family {

    /** Where a value leads. */
    interface Edges {
        /** The value that move {@code argument} leads to. */
        long to(long value, int argument);

        /** How many moves a value has. */
        int count(long value);
    }

    /** A chain from {@code first} on, {@code length} steps long. */
    record Chain(long first, int length) implements Edges {
        @Override
        public long to(long value, int argument) {
            return value + 1;
        }

        @Override
        public int count(long value) {
            return value - first < length ? 1 : 0;
        }
    }

    /** Every value below {@code wide} from each, up to a sum. */
    record Fan(int wide, long most) implements Edges {
        @Override
        public long to(long value, int argument) {
            return value * wide + argument + 1;
        }

        @Override
        public int count(long value) {
            return value <= most ? wide : 0;
        }
    }

    @Override
    public Principal principal() {
        return Principal.HOST;
    }

    @Override
    public List<Integer> arguments() {
        return IntStream.range(0, 4).boxed().toList();
    }

    @Override
    public Operation<?> operation(int argument) {
        return new Go(edges, argument);
    }

    @Override
    public void each(State state, Successors successors) {
        long value = word.get(state);
        int count = edges.count(value);
        for (int argument = 0; argument < count; argument++) {
            word.set(state, edges.to(value, argument));
            successors.take(argument);
        }
    }

    record Go(Edges edges, int argument) implements Action {
        @Override
        public Step on(Machine machine, Actor actor) {
            Word word = machine.part(Counting.class).word;
            return state -> {
                long value = word.get(state);
                if (argument >= edges.count(value)) {
                    return Outcome.WAITS;
                }
                word.set(state, edges.to(value, argument));
                return 0;
            };
        }

        @Override
        public String mnemonic() {
            return "go";
        }
    }

    /** Breaks integrity at one value. */
    record Never(Word word, long value) implements Invariant {
        @Override
        public Property property() {
            return Property.INTEGRITY;
        }

        @Override
        public long judge(State state) {
            return word.get(state) == value ? Property.INTEGRITY.broken() : Property.INTEGRITY.exercised();
        }
    }

    /** A model that begins at {@code first} and must not come to {@code never}; states of {@code words} words. */
    static Model model(Edges edges, long first, long never, int words) {
        Layout.Placed<Word> placed = Layout.of(
                Layout.Storage.PACKED, 0, 1, declaration -> declaration.table("word", "number", words).word("value"));
        State initial = placed.layout().newState();
        placed.machine().set(initial, first);
        return new Model(
                placed.layout(),
                initial,
                List.of(),
                List.of(new Counting(placed.machine(), edges)),
                List.of(new Never(placed.machine(), never)),
                List.of(Property.INTEGRITY),
                null);
    }

    static Limits limits(long states, int threads) {
        return new Limits(states, 1L << 34, Duration.ofMinutes(5), threads);
    }

    static Exploration explore(Model model, Limits limits) {
        return Explorer.explore(model, limits, Watcher.patient());
    }
}
