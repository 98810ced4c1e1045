package org.ringfence.machine.vocabulary;

import java.util.ArrayList;
import java.util.List;
import org.ringfence.machine.operation.Action;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Cast;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Outcome;
import org.ringfence.machine.operation.Part;
import org.ringfence.machine.operation.Step;
import org.ringfence.machine.state.Declaration;
import org.ringfence.machine.state.Flag;

/**
 * What scripts tell each other: names, each of which has been signalled or not. What was signalled stays so.
 *
 * @param signalled by the index of the name
 */
public record Signals(List<String> names, Flag signalled) {
    public Signals {
        names = List.copyOf(names);
    }

    /** The part of scripts that use these names. */
    public record Named(List<String> names) implements Part {
        public Named {
            names = List.copyOf(names);
        }

        @Override
        public Class<? extends Record> type() {
            return Signals.class;
        }

        @Override
        public Record declare(Declaration declaration, Machine machine, Cast cast) {
            return new Signals(names, declaration.table("signals", "name", names.size()).flag("signalled"));
        }

        @Override
        public Part and(Part other) {
            List<String> both = new ArrayList<>(names);
            ((Named) other).names.stream().filter(name -> !names.contains(name)).forEach(both::add);
            return new Named(both);
        }
    }

    /** Signals a name. */
    public record Signal(String name) implements Action {
        @Override
        public Step on(Machine machine, Actor actor) {
            Signals signals = machine.part(Signals.class);
            int index = signals.names.indexOf(name);
            return state -> {
                signals.signalled.set(state, index, true);
                return Done.DONE.ordinal();
            };
        }

        @Override
        public List<Part> needs() {
            return List.of(new Named(List.of(name)));
        }

        @Override
        public String mnemonic() {
            return "signal";
        }
    }

    /** Waits until a name has been signalled. */
    public record Await(String name) implements Action {
        @Override
        public Step on(Machine machine, Actor actor) {
            Signals signals = machine.part(Signals.class);
            int index = signals.names.indexOf(name);
            return state -> signals.signalled.get(state, index) ? Done.DONE.ordinal() : Outcome.WAITS;
        }

        @Override
        public List<Part> needs() {
            return List.of(new Named(List.of(name)));
        }

        @Override
        public String mnemonic() {
            return "await";
        }
    }
}
