package org.ringfence.bench.peers.accept;

import java.util.List;
import java.util.stream.IntStream;
import org.ringfence.machine.operation.Family;
import org.ringfence.machine.operation.Frame;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.operation.Successors;
import org.ringfence.machine.state.State;

/** The host's operations, by kind. */
public sealed interface HostFamily extends Family {
    /** The memory they work on. */
    AcceptPages memory();

    @Override
    default Principal principal() {
        return Principal.HOST;
    }

    /** The families of the model, in the peers' order. */
    static List<HostFamily> all(AcceptPages memory) {
        return List.of(new Augments(memory), new Blocks(memory), new Removes(memory), new Reads(memory));
    }

    /** Every {@link HostOperation.Augment}; arguments are page times frames plus frame. */
    record Augments(AcceptPages memory) implements HostFamily {
        @Override
        public void each(State state, Successors successors) {
            long unused = memory.unused(state);
            for (long free = memory.sept().where(state, PeerSept.FREE); free != 0; free &= free - 1) {
                int page = Long.numberOfTrailingZeros(free);
                for (long rest = unused; rest != 0; rest &= rest - 1) {
                    int frame = Long.numberOfTrailingZeros(rest);
                    memory.augment(state, page, frame);
                    successors.take(page * memory.frames() + frame);
                }
            }
        }

        @Override
        public List<Integer> arguments() {
            return IntStream.range(0, memory.pages() * memory.frames()).boxed().toList();
        }

        @Override
        public Operation<?> operation(int arguments) {
            return new HostOperation.Augment(arguments / memory.frames(), new Frame(arguments % memory.frames()));
        }
    }

    /** Every {@link HostOperation.Block}; arguments are the page. */
    record Blocks(AcceptPages memory) implements HostFamily {
        @Override
        public void each(State state, Successors successors) {
            long present = memory.sept().where(state, PeerSept.PENDING) | memory.sept().where(state, PeerSept.MAPPED);
            for (long rest = present; rest != 0; rest &= rest - 1) {
                int page = Long.numberOfTrailingZeros(rest);
                memory.block(state, page);
                successors.take(page);
            }
        }

        @Override
        public List<Integer> arguments() {
            return IntStream.range(0, memory.pages()).boxed().toList();
        }

        @Override
        public Operation<?> operation(int arguments) {
            return new HostOperation.Block(arguments);
        }
    }

    /** Every {@link HostOperation.Remove}; arguments are the page. */
    record Removes(AcceptPages memory) implements HostFamily {
        @Override
        public void each(State state, Successors successors) {
            for (long rest = memory.sept().where(state, PeerSept.BLOCKED); rest != 0; rest &= rest - 1) {
                int page = Long.numberOfTrailingZeros(rest);
                memory.remove(state, page);
                successors.take(page);
            }
        }

        @Override
        public List<Integer> arguments() {
            return IntStream.range(0, memory.pages()).boxed().toList();
        }

        @Override
        public Operation<?> operation(int arguments) {
            return new HostOperation.Remove(arguments);
        }
    }

    /** Every {@link HostOperation.ReadUnused}; arguments are the frame. */
    record Reads(AcceptPages memory) implements HostFamily {
        @Override
        public void each(State state, Successors successors) {
            for (long rest = memory.unused(state); rest != 0; rest &= rest - 1) {
                successors.take(Long.numberOfTrailingZeros(rest));
            }
        }

        @Override
        public List<Integer> arguments() {
            return IntStream.range(0, memory.frames()).boxed().toList();
        }

        @Override
        public Operation<?> operation(int arguments) {
            return new HostOperation.ReadUnused(new Frame(arguments));
        }
    }
}
