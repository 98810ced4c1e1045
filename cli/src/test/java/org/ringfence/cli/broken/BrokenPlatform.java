package org.ringfence.cli.broken;

import java.util.List;
import org.ringfence.checker.check.Platform;
import org.ringfence.checker.check.Registry;
import org.ringfence.machine.operation.Action;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Adversary;
import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Adversary;
import org.ringfence.machine.operation.Family;
import org.ringfence.machine.operation.Invariant;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.operation.Property;
import org.ringfence.machine.operation.Routine;
import org.ringfence.machine.operation.Step;
import org.ringfence.machine.operation.Successors;
import org.ringfence.machine.state.Declaration;
import org.ringfence.machine.state.State;
import org.ringfence.machine.vocabulary.Vocabulary;

/** A platform whose operations are wrong: they write what a field cannot hold, or throw. */
public record BrokenPlatform() implements Platform {

    /** It has no options. */
    public record None() {}

    /** Writes {@code value} to a board, and says that all is well. */
    public record Write(Shelf.Place place, int board, int value) implements Operation<Done>, Action {
        @Override
        public Step on(Machine machine, Actor actor) {
            Shelf shelf = machine.part(Shelf.class);
            return state -> {
                state.observe(Property.FRESHNESS.exercised());
                if (board < 0) {
                    throw new IllegalStateException("there is no such board");
                }
                shelf.write(state, place, board, value);
                return 0;
            };
        }

        @Override
        public String mnemonic() {
            return "WRITE";
        }

        @Override
        public String toString() {
            return "WRITE(%s of board %d, %d)".formatted(place, board, value);
        }
    }

    /** Writes something harmless and then {@code value}. */
    public record WriteOnce(Shelf.Place place, int board, int value) implements Routine<Done> {
        @Override
        public Done run(Cpu cpu) {
            cpu.ask(new Write(Shelf.Place.COUNTER, 0, 1));
            cpu.ask(new Write(place, board, value));
            return Done.DONE;
        }
    }

    /** A malicious host's write of a frame that the machine does not have, once the guest has counted. */
    private record HostWrites(Shelf shelf) implements Family {
        @Override
        public Principal principal() {
            return Principal.HOST;
        }

        @Override
        public void each(State state, Successors successors) {
            for (int frame : arguments()) {
                if (shelf.counter().get(state, 0) == 1) {
                    shelf.write(state, Shelf.Place.FRAME, 1, frame);
                    successors.take(frame);
                }
            }
        }

        @Override
        public List<Integer> arguments() {
            return List.of(0, 1, 2);
        }

        @Override
        public Operation<?> operation(int arguments) {
            return new Write(Shelf.Place.FRAME, 1, arguments);
        }
    }

    /** The platform {@code broken} and its routine {@code write}. */
    public static Registry registry() {
        return new Registry(
                List.of(new BrokenPlatform()),
                List.of(Registry.Entry.of(
                        "write", new WriteOnce(Shelf.Place.COUNTER, 0, 0), "writes something to a board")));
    }

    @Override
    public String name() {
        return "broken";
    }

    @Override
    public Record options() {
        return new None();
    }

    @Override
    public Machine declare(Declaration declaration, Setting setting) {
        return Machine.of(Shelf.declare(declaration));
    }

    @Override
    public Vocabulary vocabulary() {
        return new Vocabulary(List.of());
    }

    @Override
    public void begin(State state, Machine machine, Setting setting) {}

    @Override
    public List<Adversary> adversaries(Record options) {
        return List.of(Adversary.malicious(
                Principal.HOST, (machine, cast) -> List.of(new HostWrites(machine.part(Shelf.class)))));
    }

    @Override
    public List<Invariant> invariants(Machine machine, Setting setting) {
        return List.of();
    }
}
