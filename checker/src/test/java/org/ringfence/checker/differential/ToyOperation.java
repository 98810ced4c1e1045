package org.ringfence.checker.differential;

import java.util.List;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Answer;
import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Cpus;
import org.ringfence.machine.operation.Frame;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Outcome;
import org.ringfence.machine.operation.Results;
import org.ringfence.machine.operation.Step;
import org.ringfence.machine.state.FrameRef;
import org.ringfence.machine.state.State;

/** What routines ask of a {@link ToyMachine}. */
sealed interface ToyOperation<R> extends Operation<R> {

    /** What the operation does. */
    long take(ToyMachine machine, State state);

    @Override
    default Step on(Machine machine, Actor actor) {
        ToyMachine toy = machine.part(ToyMachine.class);
        return state -> take(toy, state);
    }

    @Override
    default String mnemonic() {
        return getClass().getSimpleName();
    }

    /** An operation whose result is one of a few. */
    sealed interface Plain<R> extends ToyOperation<R> {
        /** Asks and answers the result's place. */
        int ask(Cpu cpu);

        Rule rule();

        @Override
        default long take(ToyMachine machine, State state) {
            return machine.take(rule(), state);
        }
    }

    /** Results are numbers. */
    record Numbered(String name, int count, Rule rule) implements Plain<Integer> {
        @Override
        public Results<Integer> results() {
            return new Results.Number(count);
        }

        @Override
        public int ask(Cpu cpu) {
            return cpu.ask(this);
        }

        @Override
        public String mnemonic() {
            return name;
        }
    }

    /** Statuses of {@link Closed}. */
    enum Status {
        SUCCESS,
        BUSY,
        REFUSED
    }

    /** Results are constants of an enum. */
    record Closed(String name, Rule rule) implements Plain<Status> {
        @Override
        public Results<Status> results() {
            return new Results.Closed<>(Status.class);
        }

        @Override
        public int ask(Cpu cpu) {
            return cpu.ask(this).ordinal();
        }

        @Override
        public String mnemonic() {
            return name;
        }
    }

    /** Results are yes and no. */
    record Truth(String name, Rule rule) implements Plain<Boolean> {
        @Override
        public Results<Boolean> results() {
            return new Results.Truth();
        }

        @Override
        public int ask(Cpu cpu) {
            return cpu.ask(this) ? 1 : 0;
        }

        @Override
        public String mnemonic() {
            return name;
        }
    }

    /** Results are listed. */
    record Listed(String name, List<String> values, Rule rule) implements Plain<String> {
        @Override
        public Results<String> results() {
            return new Results.Listed<>(values);
        }

        @Override
        public int ask(Cpu cpu) {
            return values.indexOf(cpu.ask(this));
        }

        @Override
        public String mnemonic() {
            return name;
        }
    }

    /** Results are values, learned as they occur. */
    record Valued(String name, Rule rule) implements Plain<Long> {
        /** What a value is a multiple of. */
        static final long UNIT = 0x4_0000_0000L;

        @Override
        public Results<Long> results() {
            return new Results.Value();
        }

        @Override
        public int ask(Cpu cpu) {
            return (int) (cpu.ask(this) / UNIT);
        }

        @Override
        public long take(ToyMachine machine, State state) {
            long outcome = machine.take(rule, state);
            return outcome >= 0 ? outcome * UNIT : outcome;
        }

        @Override
        public String mnemonic() {
            return name;
        }
    }

    /** Asks the host. */
    record Hypercall(String name, int known, Rule rule) implements ToyOperation<Answer> {
        @Override
        public Results<Answer> results() {
            return Results.Answers.below(known);
        }

        @Override
        public long take(ToyMachine machine, State state) {
            return machine.take(rule, state);
        }

        @Override
        public String mnemonic() {
            return name;
        }
    }

    /**
     * An actor with the host comes back, by another actor's doing: 0 when it had exited, 1 when it had called, 2 when
     * it was not away.
     */
    record Kick(int other, int code) implements ToyOperation<Integer> {
        @Override
        public Results<Integer> results() {
            return new Results.Number(3);
        }

        @Override
        public long take(ToyMachine machine, State state) {
            Cpus.Status status = machine.cpus().status().get(state, other);
            return switch (status) {
                case EXITED -> {
                    machine.cpus().resume(state, other);
                    yield 0;
                }
                case CALLING -> {
                    machine.cpus().answer(state, other, code);
                    yield 1;
                }
                case RUNNING, ANSWERED -> 2;
            };
        }
    }

    /** Any frame. */
    record Pick(int frames) implements ToyOperation<Frame> {
        @Override
        public Results<Frame> results() {
            return new Results.Frames(frames);
        }

        @Override
        public long take(ToyMachine machine, State state) {
            return Outcome.choice(frames);
        }
    }

    /** The frame that a slot names; waits while it names none. */
    record ReadSlot(int slot, int frames) implements ToyOperation<Frame> {
        @Override
        public Results<Frame> results() {
            return new Results.Frames(frames);
        }

        @Override
        public long take(ToyMachine machine, State state) {
            int frame = machine.slot().get(state, slot);
            return frame == FrameRef.NONE ? Outcome.WAITS : frame;
        }
    }

    /** Names a frame in a slot; whether it was named there before. */
    record PutSlot(int slot, Frame frame) implements ToyOperation<Boolean> {
        @Override
        public Results<Boolean> results() {
            return new Results.Truth();
        }

        @Override
        public long take(ToyMachine machine, State state) {
            boolean same = machine.slot().get(state, slot) == frame.index();
            machine.slot().set(state, slot, frame.index());
            return same ? 1 : 0;
        }
    }

    /** Clears a slot. */
    record ClearSlot(int slot) implements ToyOperation<Boolean> {
        @Override
        public Results<Boolean> results() {
            return new Results.Truth();
        }

        @Override
        public long take(ToyMachine machine, State state) {
            boolean some = machine.slot().get(state, slot) != FrameRef.NONE;
            machine.slot().set(state, slot, FrameRef.NONE);
            return some ? 1 : 0;
        }
    }

    /** Changes a frame's content by its own rows. */
    record Touch(Frame frame, int count, List<Rule.Row> rows) implements ToyOperation<Integer> {
        @Override
        public Results<Integer> results() {
            return new Results.Number(count);
        }

        @Override
        public long take(ToyMachine machine, State state) {
            Rule.Row row = rows.get(machine.content().get(state, frame.index()));
            if (row.to() >= 0) {
                machine.content().set(state, frame.index(), row.to());
            }
            if (row.mark() != 0) {
                state.observe(Rule.marks(row.mark()));
            }
            return row.outcome();
        }
    }

    /** Lets one frame name another; whether their contents are equal. */
    record Link(Frame from, Frame to) implements ToyOperation<Boolean> {
        @Override
        public Results<Boolean> results() {
            return new Results.Truth();
        }

        @Override
        public long take(ToyMachine machine, State state) {
            machine.link().set(state, from.index(), to.index());
            return machine.content().get(state, from.index()) == machine.content().get(state, to.index()) ? 1 : 0;
        }
    }
}
