package org.ringfence.stack.sync;

import java.util.List;
import org.ringfence.machine.operation.Action;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Outcome;
import org.ringfence.machine.operation.Part;
import org.ringfence.machine.operation.Property;
import org.ringfence.machine.operation.Results;
import org.ringfence.machine.operation.Step;
import org.ringfence.machine.state.State;

/**
 * What is done with one of the {@link Locks}. Giving back a lock that the actor does not hold changes nothing and
 * breaks availability: the kernel's lock debugging stops there.
 */
public sealed interface LockOperation<R> extends Operation<R> {

    /** The lock's name. */
    String lock();

    @Override
    default List<Part> needs() {
        return List.of(Locks.Named.of(lock()));
    }

    private static long given(State state, boolean held) {
        state.observe(held ? Property.AVAILABILITY.exercised() : Property.AVAILABILITY.broken());
        return Done.DONE.ordinal();
    }

    /** Takes it exclusively; waits while anyone holds it, also the actor itself. */
    record TakeLock(String lock) implements LockOperation<Done>, Action {
        @Override
        public boolean isBlocking() {
            return true;
        }

        @Override
        public Step on(Machine machine, Actor actor) {
            Locks locks = machine.part(Locks.class);
            int index = locks.index(lock);
            int self = actor.index();
            return state -> locks.take(state, index, self) ? Done.DONE.ordinal() : Outcome.WAITS;
        }

        @Override
        public String mnemonic() {
            return "lock";
        }
    }

    /** Takes it exclusively unless anyone holds it; answers whether it did. */
    record TryLock(String lock) implements LockOperation<Boolean> {
        @Override
        public Results<Boolean> results() {
            return new Results.Truth();
        }

        @Override
        public Step on(Machine machine, Actor actor) {
            Locks locks = machine.part(Locks.class);
            int index = locks.index(lock);
            int self = actor.index();
            return state -> locks.take(state, index, self) ? 1 : 0;
        }

        @Override
        public String mnemonic() {
            return "try lock";
        }
    }

    /** Gives it back. */
    record GiveLock(String lock) implements LockOperation<Done>, Action {
        @Override
        public Step on(Machine machine, Actor actor) {
            Locks locks = machine.part(Locks.class);
            int index = locks.index(lock);
            int self = actor.index();
            return state -> given(state, locks.give(state, index, self));
        }

        @Override
        public String mnemonic() {
            return "unlock";
        }
    }

    /** Takes it for reading; waits while someone holds it exclusively, or the actor reads already. */
    record TakeReadLock(String lock) implements LockOperation<Done>, Action {
        @Override
        public boolean isBlocking() {
            return true;
        }

        @Override
        public Step on(Machine machine, Actor actor) {
            Locks locks = machine.part(Locks.class);
            int index = locks.index(lock);
            int self = actor.index();
            return state -> locks.takeShared(state, index, self) ? Done.DONE.ordinal() : Outcome.WAITS;
        }

        @Override
        public String mnemonic() {
            return "read lock";
        }
    }

    /** Takes it for reading, unless someone holds it exclusively or the actor reads already; answers whether it did. */
    record TryReadLock(String lock) implements LockOperation<Boolean> {
        @Override
        public Results<Boolean> results() {
            return new Results.Truth();
        }

        @Override
        public Step on(Machine machine, Actor actor) {
            Locks locks = machine.part(Locks.class);
            int index = locks.index(lock);
            int self = actor.index();
            return state -> locks.takeShared(state, index, self) ? 1 : 0;
        }

        @Override
        public String mnemonic() {
            return "try read lock";
        }
    }

    /** Gives it back from reading. */
    record GiveReadLock(String lock) implements LockOperation<Done>, Action {
        @Override
        public Step on(Machine machine, Actor actor) {
            Locks locks = machine.part(Locks.class);
            int index = locks.index(lock);
            int self = actor.index();
            return state -> given(state, locks.giveShared(state, index, self));
        }

        @Override
        public String mnemonic() {
            return "read unlock";
        }
    }
}
