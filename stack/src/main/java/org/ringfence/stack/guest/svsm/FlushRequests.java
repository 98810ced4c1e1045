package org.ringfence.stack.guest.svsm;

import java.util.List;
import org.ringfence.machine.operation.Action;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Numbered;
import org.ringfence.machine.operation.Outcome;
import org.ringfence.machine.operation.Part;
import org.ringfence.machine.operation.Step;
import org.ringfence.machine.state.Declaration;
import org.ringfence.machine.state.Flag;
import org.ringfence.machine.state.State;

/**
 * By which one CPU of a monitor has another flush its translations: an interrupt to it, and a word that it clears when
 * it is done. Source: COCONUT-SVSM, kernel/src/cpu/tlb.rs, kernel/src/cpu/ipi.rs.
 *
 * @param wanted for each CPU whether it has been asked and is not done
 */
public record FlushRequests(int cpus, Flag wanted) {
    /** Brings it. */
    public static final Part PART = Part.of(
            FlushRequests.class,
            (declaration, machine, cast) -> declare(declaration, cast.vcpus()));

    /** Declares a word for each of {@code cpus} CPUs, which are actors from 0 on. */
    public static FlushRequests declare(Declaration declaration, int cpus) {
        return new FlushRequests(cpus, declaration.table("flush", "CPU", cpus).flag("wanted"));
    }

    /** A step on the word of one CPU. */
    public sealed interface OnWord extends Action {

        @Override
        default List<Part> needs() {
            return List.of(PART);
        }

        /** The CPU. */
        int cpu(Actor actor);

        /** Takes the step on the word of {@code cpu}. */
        long take(State state, Flag wanted, int cpu);

        @Override
        default Step on(Machine machine, Actor actor) {
            FlushRequests requests = machine.part(FlushRequests.class);
            int cpu = Numbered.require("CPU of the monitor", cpu(actor), requests.cpus());
            return state -> take(state, requests.wanted, cpu);
        }
    }

    /** Asks another CPU to flush. */
    public record RequestFlush(int cpu) implements OnWord {
        @Override
        public int cpu(Actor actor) {
            return cpu;
        }

        @Override
        public long take(State state, Flag wanted, int of) {
            wanted.set(state, of, true);
            return Done.DONE.ordinal();
        }

        @Override
        public String mnemonic() {
            return "request flush";
        }
    }

    /** Waits until another CPU is done. */
    public record AwaitFlushed(int cpu) implements OnWord {
        @Override
        public int cpu(Actor actor) {
            return cpu;
        }

        @Override
        public long take(State state, Flag wanted, int of) {
            return wanted.get(state, of) ? Outcome.WAITS : Done.DONE.ordinal();
        }

        @Override
        public String mnemonic() {
            return "await flushed";
        }
    }

    /** Waits until this CPU is asked. */
    public record AwaitRequest() implements OnWord {
        @Override
        public int cpu(Actor actor) {
            return actor.index();
        }

        @Override
        public long take(State state, Flag wanted, int of) {
            return wanted.get(state, of) ? Done.DONE.ordinal() : Outcome.WAITS;
        }

        @Override
        public String mnemonic() {
            return "await flush request";
        }
    }

    /** This CPU is done. */
    public record Flushed() implements OnWord {
        @Override
        public int cpu(Actor actor) {
            return actor.index();
        }

        @Override
        public long take(State state, Flag wanted, int of) {
            wanted.set(state, of, false);
            return Done.DONE.ordinal();
        }

        @Override
        public String mnemonic() {
            return "flushed";
        }
    }
}
