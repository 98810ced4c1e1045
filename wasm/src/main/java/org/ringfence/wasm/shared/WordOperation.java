package org.ringfence.wasm.shared;

import java.util.List;
import org.ringfence.machine.operation.Action;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.operation.Results;
import org.ringfence.machine.operation.Step;
import org.ringfence.machine.state.Bounded;
import org.ringfence.machine.vocabulary.Form;

/** An access to one of the {@link SharedWords}. */
public sealed interface WordOperation<R> extends Operation<R> {

    /** Both as text. */
    static List<Form> forms() {
        return List.of(
                Form.told("load word", Fetch.class, Principal.GUEST, Principal.INNER_GUEST, Principal.HOST),
                Form.told("store word", Put.class, Principal.GUEST, Principal.INNER_GUEST, Principal.HOST));
    }

    /**
     * Loads a word.
     *
     * @param below every value is below it
     */
    record Fetch(String range, int index, int below) implements WordOperation<Integer> {
        @Override
        public Results<Integer> results() {
            return new Results.Number(below);
        }

        @Override
        public Step on(Machine machine, Actor actor) {
            Bounded value = machine.part(SharedWords.class).of(range);
            return state -> value.get(state, index);
        }

        @Override
        public String mnemonic() {
            return "load word";
        }
    }

    /** Stores a word. */
    record Put(String range, int index, int value) implements WordOperation<Done>, Action {
        @Override
        public Step on(Machine machine, Actor actor) {
            Bounded words = machine.part(SharedWords.class).of(range);
            return state -> {
                words.set(state, index, value);
                return Done.DONE.ordinal();
            };
        }

        @Override
        public String mnemonic() {
            return "store word";
        }
    }
}
