package org.ringfence.stack.sync;

import java.util.List;
import org.ringfence.machine.operation.Action;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Cast;
import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Outcome;
import org.ringfence.machine.operation.Part;
import org.ringfence.machine.operation.Routine;
import org.ringfence.machine.operation.Step;
import org.ringfence.machine.state.Bits;
import org.ringfence.machine.state.Declaration;
import org.ringfence.machine.state.Table;

/**
 * Read-copy-update: readers mark that they read and wait for nobody; who wants to free what they may still see waits
 * until each of those has ended that was reading when it began to wait. Readers that begin later are not waited for.
 * One domain of grace periods, as one SRCU structure is; readers do not nest. Linux: Documentation/RCU/whatisRCU.rst.
 *
 * @param reads whether an actor reads
 * @param awaited for each actor, whom it waits for
 */
public record GracePeriods(Bits reads, Bits awaited) {
    /** Brings it. */
    public static final Part PART = Part.of(GracePeriods.class, GracePeriods::declare);

    private static GracePeriods declare(Declaration declaration, Machine machine, Cast cast) {
        int actors = cast.actors().size();
        Table table = declaration.table("grace period", "actor", actors);
        return new GracePeriods(declaration.single("readers").bits("reading", actors), table.bits("waits for", actors));
    }

    /** A step of a reader or of one who waits. */
    public sealed interface OnReaders extends Action {
        @Override
        default List<Part> needs() {
            return List.of(PART);
        }
    }

    /** Begins to read: rcu_read_lock. */
    public record BeginRead() implements OnReaders {
        @Override
        public Step on(Machine machine, Actor actor) {
            GracePeriods periods = machine.part(GracePeriods.class);
            int self = actor.index();
            return state -> {
                periods.reads.add(state, 0, self);
                return Done.DONE.ordinal();
            };
        }

        @Override
        public String mnemonic() {
            return "begin read";
        }
    }

    /** Ends reading: rcu_read_unlock. */
    public record EndRead() implements OnReaders {
        @Override
        public Step on(Machine machine, Actor actor) {
            GracePeriods periods = machine.part(GracePeriods.class);
            int self = actor.index();
            int actors = periods.awaited.cells().count();
            return state -> {
                periods.reads.remove(state, 0, self);
                for (int other = 0; other < actors; other++) {
                    periods.awaited.remove(state, other, self);
                }
                return Done.DONE.ordinal();
            };
        }

        @Override
        public String mnemonic() {
            return "end read";
        }
    }

    /** Begins a grace period: whoever reads now will be waited for. */
    public record BeginGracePeriod() implements OnReaders {
        @Override
        public Step on(Machine machine, Actor actor) {
            GracePeriods periods = machine.part(GracePeriods.class);
            int self = actor.index();
            return state -> {
                periods.awaited.set(state, self, periods.reads.get(state, 0));
                return Done.DONE.ordinal();
            };
        }

        @Override
        public String mnemonic() {
            return "begin grace period";
        }
    }

    /** Waits until the grace period is over. A reader that waits so in its own section waits for itself. */
    public record AwaitGracePeriod() implements OnReaders {
        @Override
        public boolean isBlocking() {
            return true;
        }

        @Override
        public Step on(Machine machine, Actor actor) {
            GracePeriods periods = machine.part(GracePeriods.class);
            int self = actor.index();
            return state -> periods.awaited.get(state, self) == 0 ? Done.DONE.ordinal() : Outcome.WAITS;
        }

        @Override
        public String mnemonic() {
            return "await grace period";
        }
    }

    /** Waits for a whole grace period: synchronize_rcu, synchronize_srcu. */
    public record Synchronize() implements Routine<Done> {
        @Override
        public Done run(Cpu cpu) {
            cpu.ask(new BeginGracePeriod());
            return cpu.ask(new AwaitGracePeriod());
        }
    }
}
