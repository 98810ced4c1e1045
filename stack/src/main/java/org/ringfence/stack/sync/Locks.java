package org.ringfence.stack.sync;

import java.util.List;
import org.ringfence.machine.operation.Cast;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Part;
import org.ringfence.machine.state.Bits;
import org.ringfence.machine.state.Bounded;
import org.ringfence.machine.state.Declaration;
import org.ringfence.machine.state.State;
import org.ringfence.machine.state.Table;
import org.ringfence.machine.state.ValueNames;

/**
 * The locks that software shares. Each can be held by one actor exclusively, or by several for reading: a spin lock or
 * a mutex is one that nobody takes for reading. They are not recursive and not fair: who gets a free lock is explored.
 * Nothing here orders locks; two actors that take two of them in opposite orders wait for each other, which the checker
 * finds. Linux: Documentation/locking/locktypes.rst.
 *
 * @param holder the actor that holds a lock exclusively, plus one; 0 for nobody
 * @param readers the actors that hold it for reading
 */
public record Locks(Names names, Bounded holder, Bits readers) {

    /** Brings locks of these names. */
    public record Named(List<String> locks) implements Part {
        public Named {
            locks = new Names(locks).names();
        }

        /** Brings locks of these names. */
        public static Named of(String... locks) {
            return new Named(List.of(locks));
        }

        @Override
        public Class<? extends Record> type() {
            return Locks.class;
        }

        @Override
        public Record declare(Declaration declaration, Machine machine, Cast cast) {
            int actors = cast.actors().size();
            Table table = declaration.table("lock", "number", locks.size());
            return new Locks(new Names(locks), table.bounded("holder", actors, ValueNames.NUMBER_OR_NONE),
                    table.bits("readers", actors));
        }

        @Override
        public Part and(Part other) {
            return other instanceof Named more
                    ? new Named(new Names(locks).and(new Names(more.locks)).names())
                    : Part.super.and(other);
        }
    }

    /** The number of the lock of this name; IllegalArgumentException where there is none. */
    public int index(String name) {
        return names.index(name);
    }

    /** Whether {@code actor} holds the lock exclusively. */
    public boolean isHeldBy(State state, int lock, int actor) {
        return holder.get(state, lock) == actor + 1;
    }

    /** Whether nobody holds the lock. */
    public boolean isFree(State state, int lock) {
        return holder.get(state, lock) == 0 && readers.get(state, lock) == 0;
    }

    /** Takes the lock exclusively, unless anyone holds it; whether it did. */
    boolean take(State state, int lock, int actor) {
        if (holder.get(state, lock) != 0 || readers.get(state, lock) != 0) {
            return false;
        }
        holder.set(state, lock, actor + 1);
        return true;
    }

    /** Gives the lock back; whether {@code actor} held it exclusively. */
    boolean give(State state, int lock, int actor) {
        if (!isHeldBy(state, lock, actor)) {
            return false;
        }
        holder.set(state, lock, 0);
        return true;
    }

    /** Takes the lock for reading, unless someone holds it exclusively, or {@code actor} reads already. */
    boolean takeShared(State state, int lock, int actor) {
        if (holder.get(state, lock) != 0 || readers.has(state, lock, actor)) {
            return false;
        }
        readers.add(state, lock, actor);
        return true;
    }

    /** Gives the lock back; whether {@code actor} held it for reading. */
    boolean giveShared(State state, int lock, int actor) {
        if (!readers.has(state, lock, actor)) {
            return false;
        }
        readers.remove(state, lock, actor);
        return true;
    }
}
