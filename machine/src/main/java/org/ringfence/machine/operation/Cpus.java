package org.ringfence.machine.operation;

import java.util.Arrays;
import org.ringfence.machine.state.Bounded;
import org.ringfence.machine.state.Declaration;
import org.ringfence.machine.state.Enumerated;
import org.ringfence.machine.state.State;
import org.ringfence.machine.state.Table;
import org.ringfence.machine.state.ValueNames;

/**
 * Which actors have left their CPUs for the host, and what the host answered them. A part of machines some of whose
 * operations {@linkplain Outcome#EXITS exit} or {@linkplain Outcome#CALLS call}; why and where an actor left is for its
 * protection to record.
 *
 * @param answer the code of the host's answer, of {@link Results.Answers}
 * @param actors how many actors the table is of
 */
public record Cpus(Enumerated<Status> status, Bounded answer, int actors) {

    /** Where an actor is. */
    public enum Status {
        /** On its CPU. */
        RUNNING,
        /** With the host, to ask its operation again when resumed. */
        EXITED,
        /** With the host, waiting for an answer. */
        CALLING,
        /** Resumed with an answer that its routine has not taken yet. */
        ANSWERED
    }

    /**
     * Declares the table, for {@code actors} actors and answers of {@code known} values, from 0, beside "anything".
     */
    public static Cpus declare(Declaration declaration, int actors, int known) {
        String[] names = new String[known + 1];
        Arrays.setAll(names, code -> code < known ? Integer.toString(code) : "anything");
        return declare(declaration, actors, known, ValueNames.of(names));
    }

    /** The same, for answers with names of their own, that of "anything" included. */
    public static Cpus declare(Declaration declaration, int actors, int known, ValueNames names) {
        Table table = declaration.table("CPU", "actor", actors);
        return new Cpus(table.enumerated("status", Status.class), table.bounded("answer", known, names), actors);
    }

    /** Whether {@code actor} waits for the host. */
    public boolean isWithHost(State state, int actor) {
        int status = this.status.ordinal(state, actor);
        return status == Status.EXITED.ordinal() || status == Status.CALLING.ordinal();
    }

    /** The host runs an actor that exited. */
    public void resume(State state, int actor) {
        status.set(state, actor, Status.RUNNING);
    }

    /** The host runs an actor that called, with an answer. */
    public void answer(State state, int actor, int code) {
        status.set(state, actor, Status.ANSWERED);
        answer.set(state, actor, code);
    }

    /** The actor takes the answer. */
    public int takeAnswer(State state, int actor) {
        int code = answer.get(state, actor);
        answer.set(state, actor, 0);
        status.set(state, actor, Status.RUNNING);
        return code;
    }
}
