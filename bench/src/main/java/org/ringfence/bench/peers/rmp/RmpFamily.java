package org.ringfence.bench.peers.rmp;

import java.util.List;
import java.util.stream.IntStream;
import org.ringfence.machine.operation.Family;
import org.ringfence.machine.operation.Frame;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.operation.Successors;
import org.ringfence.machine.state.FrameRef;
import org.ringfence.machine.state.State;

/** The operations of the model by kind: the host's, and those of a guest that does what it likes. */
public sealed interface RmpFamily extends Family {
    /** The memory they work on. */
    RmpMemory memory();

    @Override
    default Principal principal() {
        return Principal.HOST;
    }

    /** All of them. */
    static List<RmpFamily> all(RmpMemory memory) {
        return List.of(
                new Assigns(memory),
                new Maps(memory),
                new Reclaims(memory),
                new Validates(memory),
                new Uses(memory));
    }

    /** Every {@link RmpOperation.Assign}; arguments are frame times pages plus page. */
    record Assigns(RmpMemory memory) implements RmpFamily {
        @Override
        public void each(State state, Successors successors) {
            for (int frame = 0; frame < memory.frames(); frame++) {
                for (int page = 0; page < memory.pages(); page++) {
                    memory.assign(state, frame, page);
                    successors.take(frame * memory.pages() + page);
                }
            }
        }

        @Override
        public List<Integer> arguments() {
            return IntStream.range(0, memory.frames() * memory.pages()).boxed().toList();
        }

        @Override
        public Operation<?> operation(int arguments) {
            return new RmpOperation.Assign(new Frame(arguments / memory.pages()), arguments % memory.pages());
        }
    }

    /** Every {@link RmpOperation.Map}; arguments are page times frames plus frame. */
    record Maps(RmpMemory memory) implements RmpFamily {
        @Override
        public void each(State state, Successors successors) {
            for (int page = 0; page < memory.pages(); page++) {
                for (int frame = 0; frame < memory.frames(); frame++) {
                    memory.mapped().set(state, page, frame);
                    successors.take(page * memory.frames() + frame);
                }
            }
        }

        @Override
        public List<Integer> arguments() {
            return IntStream.range(0, memory.frames() * memory.pages()).boxed().toList();
        }

        @Override
        public Operation<?> operation(int arguments) {
            return new RmpOperation.Map(arguments / memory.frames(), new Frame(arguments % memory.frames()));
        }
    }

    /** Every {@link RmpOperation.Reclaim}; arguments are the frame. */
    record Reclaims(RmpMemory memory) implements RmpFamily {
        @Override
        public void each(State state, Successors successors) {
            for (int frame = 0; frame < memory.frames(); frame++) {
                if (memory.canReclaim(state, frame)) {
                    memory.reclaim(state, frame);
                    successors.take(frame);
                }
            }
        }

        @Override
        public List<Integer> arguments() {
            return IntStream.range(0, memory.frames()).boxed().toList();
        }

        @Override
        public Operation<?> operation(int arguments) {
            return new RmpOperation.Reclaim(new Frame(arguments));
        }
    }

    /** Every {@link RmpOperation.Validate}; arguments are the page. */
    record Validates(RmpMemory memory) implements RmpFamily {
        @Override
        public Principal principal() {
            return Principal.GUEST;
        }

        @Override
        public void each(State state, Successors successors) {
            for (int page = 0; page < memory.pages(); page++) {
                int frame = memory.backing(state, page);
                if (frame != FrameRef.NONE) {
                    memory.validate(state, page, frame);
                    successors.take(page);
                }
            }
        }

        @Override
        public List<Integer> arguments() {
            return IntStream.range(0, memory.pages()).boxed().toList();
        }

        @Override
        public Operation<?> operation(int arguments) {
            return new RmpOperation.Validate(arguments);
        }
    }

    /** Every {@link RmpOperation.Use}; arguments are the page. */
    record Uses(RmpMemory memory) implements RmpFamily {
        @Override
        public Principal principal() {
            return Principal.GUEST;
        }

        @Override
        public void each(State state, Successors successors) {
            for (int page = 0; page < memory.pages(); page++) {
                int frame = memory.backing(state, page);
                if (frame != FrameRef.NONE && memory.valid().get(state, frame)) {
                    memory.used().add(state, page, frame);
                    successors.take(page);
                }
            }
        }

        @Override
        public List<Integer> arguments() {
            return IntStream.range(0, memory.pages()).boxed().toList();
        }

        @Override
        public Operation<?> operation(int arguments) {
            return new RmpOperation.Use(arguments);
        }
    }
}
