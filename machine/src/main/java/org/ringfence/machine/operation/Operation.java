package org.ringfence.machine.operation;

import java.util.List;

/**
 * One atomic step of one principal, named by its field mnemonic: a record of its arguments, of primitives, enums,
 * strings or such records. It does not name its principal; the actor that asks for it does. What traces print, scripts
 * read and sentences say of it is its form's text.
 *
 * @param <R> what the asking routine gets back
 */
public interface Operation<R> {

    /** How the numbers that a {@link Step} ends with are results of this operation. */
    Results<R> results();

    /**
     * This operation on a machine, asked by {@code actor}: looks its parts and views up once, so that the step need
     * not.
     */
    Step on(Machine machine, Actor actor);

    /** The parts beside hardware that it works on: a script brings those of its operations. */
    default List<Part> needs() {
        return List.of();
    }

    /**
     * Whether it waits for what somebody is bound to give back: a lock, a grace period. An actor that waits so while
     * nothing can move is dead-locked, whoever it is; a host that waits for something to serve is not.
     */
    default boolean isBlocking() {
        return false;
    }

    /** The name in the architecture's manual, without arguments: what {@code reaches} rows and coverage speak of. */
    String mnemonic();
}
