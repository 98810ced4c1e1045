package org.ringfence.checker.differential;

import java.util.List;
import java.util.stream.IntStream;
import org.ringfence.machine.operation.Action;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Cpus;
import org.ringfence.machine.operation.Family;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Outcome;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.operation.Step;
import org.ringfence.machine.operation.Successors;
import org.ringfence.machine.state.State;

/** What the host of a {@link ToyMachine} may do: each argument tried in turn. */
record ToyFamily(ToyMachine machine, Kind kind) implements Family {

    /** What these operations do. */
    sealed interface Kind {
        /** Registers change by themselves. */
        record Drifts(List<Drift> drifts) implements Kind {}

        /** One change: where a register has a value, it gets another. */
        record Drift(int register, int from, int to, int mark) {}

        /** Actors that exited are run again, one register set with it. */
        record Resumes(int register, int value) implements Kind {}

        /** Actors that called get each answer. */
        record Answers() implements Kind {}

        /** Frames of one content get another, while a register has a value. */
        record Scribbles(int register, int value, int from, int to) implements Kind {}

        /** Any frame is named in a slot that names none. */
        record Fills(int slot) implements Kind {}
    }

    /** One of these operations. */
    record Act(Kind kind, int argument) implements Action {
        @Override
        public Step on(Machine machine, Actor actor) {
            ToyFamily family = new ToyFamily(machine.part(ToyMachine.class), kind);
            return state -> family.act(state, argument) ? 0 : Outcome.WAITS;
        }

        @Override
        public String mnemonic() {
            return kind.getClass().getSimpleName();
        }
    }

    @Override
    public Principal principal() {
        return Principal.HOST;
    }

    @Override
    public List<Integer> arguments() {
        ToyMachine.Size size = machine.size();
        int count =
                switch (kind) {
                    case Kind.Drifts(var drifts) -> drifts.size();
                    case Kind.Resumes resumes -> size.actors();
                    case Kind.Answers answers -> size.actors() * (size.known() + 1);
                    case Kind.Scribbles scribbles -> size.frames();
                    case Kind.Fills fills -> size.frames();
                };
        return IntStream.range(0, count).boxed().toList();
    }

    @Override
    public Operation<?> operation(int arguments) {
        return new Act(kind, arguments);
    }

    @Override
    public void each(State state, Successors successors) {
        for (int argument : arguments()) {
            if (act(state, argument)) {
                successors.take(argument);
            }
        }
    }

    private boolean act(State state, int argument) {
        return switch (kind) {
            case Kind.Drifts(var drifts) -> {
                Kind.Drift drift = drifts.get(argument);
                boolean enabled = machine.register().get(state, drift.register()) == drift.from();
                if (enabled) {
                    machine.write(state, drift.register(), drift.to());
                    state.observe(Rule.marks(drift.mark()));
                }
                yield enabled;
            }
            case Kind.Resumes(int register, int value) -> {
                boolean enabled = machine.cpus().status().is(state, argument, Cpus.Status.EXITED);
                if (enabled) {
                    machine.cpus().resume(state, argument);
                    machine.write(state, register, value);
                }
                yield enabled;
            }
            case Kind.Answers() -> {
                int codes = machine.size().known() + 1;
                int actor = argument / codes;
                boolean enabled = machine.cpus().status().is(state, actor, Cpus.Status.CALLING);
                if (enabled) {
                    machine.cpus().answer(state, actor, argument % codes);
                }
                yield enabled;
            }
            case Kind.Scribbles(int register, int value, int from, int to) -> {
                boolean enabled = machine.register().get(state, register) == value
                        && machine.content().get(state, argument) == from;
                if (enabled) {
                    machine.content().set(state, argument, to);
                }
                yield enabled;
            }
            case Kind.Fills(int slot) -> {
                boolean enabled = machine.slot().get(state, slot) < 0;
                if (enabled) {
                    machine.slot().set(state, slot, argument);
                }
                yield enabled;
            }
        };
    }
}
