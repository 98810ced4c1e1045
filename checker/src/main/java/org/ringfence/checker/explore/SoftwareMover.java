package org.ringfence.checker.explore;

import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Cpus;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Mover;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Outcome;
import org.ringfence.machine.operation.Property;
import org.ringfence.machine.operation.Step;
import org.ringfence.machine.operation.Successors;
import org.ringfence.machine.state.Bounded;
import org.ringfence.machine.state.State;

/**
 * An actor whose software moves: asks the operation of the point where it stands and goes to the next point.
 *
 * <p>A move's arguments are its result's code, or {@link #EXITED} or {@link #CALLED}.
 *
 * @param point where each actor stands
 * @param cpus which actors are with the host; null when none ever leaves
 * @param table the software as arrays, when it is complete
 * @param misfit what of an operation does not fit the machine, in a sentence, asked where software is learned as the
 *     search meets it
 * @param sought moves that leave a mark; null in all searches but those for a way to them
 */
public record SoftwareMover(
        Actor actor,
        Software software,
        Machine machine,
        Bounded point,
        @Nullable Cpus cpus,
        Table table,
        Function<Operation<?>, Optional<String>> misfit,
        @Nullable Sought sought)
        implements
            Mover {

    /** The arguments of a move in which the actor left for the host, to ask again. */
    public static final int EXITED = -1;

    /** The arguments of a move in which the actor left for the host with a question. */
    public static final int CALLED = -2;

    /** The arguments of a move that began an operation of several steps, before which the actor stays. */
    public static final int BEGUN = -3;

    /** How a trace prints that an operation of several steps has begun. */
    public static final String BEGINS = "begins";

    /** How a trace prints, and {@code reaches} names, that an actor left for the host, to ask again. */
    public static final String EXITS = "EXITS (to the host)";

    /** The same, where it left with a question. */
    public static final String CALLS = "CALLS (the host)";

    /** How a trace prints a move that finished no operation. */
    public static String printed(int arguments) {
        return switch (arguments) {
            case BEGUN -> BEGINS;
            case CALLED -> CALLS;
            default -> EXITS;
        };
    }

    private static final byte NOT_ENDED = 0;
    private static final byte ENDED_DONE = 1;
    private static final byte ENDED_PANIC = 2;

    /**
     * Complete software as arrays. The edges of point {@code p} are at {@code first[p]} onward, by result code;
     * {@code seen} is set where the search went along an edge, {@code left} at points where the actor left for the
     * host: bit 0 to ask again, bit 1 with a question. Of software that is not complete, {@code leftLazily} has twice
     * the point, and one more for a question.
     */
    record Table(
            @Nullable Step[] steps, int[] first, int[] next, byte[] end, byte[] seen, byte[] left,
            Set<Long> leftLazily) {
        static Table of(Software software, Machine machine, Actor actor) {
            if (!software.isComplete()) {
                bindKnown(software, machine, actor);
                return new Table(
                        new Step[0], new int[0], new int[0], new byte[0], new byte[0], new byte[0],
                        ConcurrentHashMap.newKeySet());
            }
            int points = software.points();
            @Nullable
            Step[] steps = new Step[points];
            int[] first = new int[points + 1];
            byte[] end = new byte[points];
            for (int p = 0; p < points; p++) {
                Operation<?> operation = software.operation(p);
                steps[p] = operation == null ? null : bind(operation, machine, actor);
                end[p] = endOf(software, p);
                first[p + 1] = first[p] + (operation == null ? 0 : operation.results().count());
            }
            int[] next = new int[first[points]];
            for (int p = 0; p < points; p++) {
                for (int e = first[p]; e < first[p + 1]; e++) {
                    next[e] = software.next(p, e - first[p]);
                }
            }
            return new Table(steps, first, next, end, new byte[next.length], new byte[points], Set.of());
        }

        /** What is learned later is bound as the search meets it; what is known now should be refused now. */
        private static void bindKnown(Software software, Machine machine, Actor actor) {
            for (int p = 0; p < software.points(); p++) {
                Operation<?> operation = software.operation(p);
                if (operation != null) {
                    bind(operation, machine, actor);
                }
            }
        }
    }

    /** The software of {@code actor} on {@code machine}; {@link Unfit} where that lacks what the software asks for. */
    public static SoftwareMover of(Actor actor, Software software, Machine machine, Bounded point) {
        return of(actor, software, machine, point, operation -> Optional.empty());
    }

    /** The same, which holds each operation against {@code misfit} too, where software is not complete. */
    public static SoftwareMover of(
            Actor actor,
            Software software,
            Machine machine,
            Bounded point,
            Function<Operation<?>, Optional<String>> misfit) {
        return new SoftwareMover(
                actor,
                software,
                machine,
                point,
                machine.find(Cpus.class).orElse(null),
                Table.of(software, machine, actor),
                misfit,
                null);
    }

    /** The same, whose moves leave a mark where they are sought. */
    SoftwareMover seeking(Sought moves) {
        return new SoftwareMover(actor, software, machine, point, cpus, table, misfit, moves);
    }

    /** Here it shows whether the machine can do what the software asks for. */
    private static Step bind(Operation<?> operation, Machine machine, Actor actor) {
        try {
            return operation.on(machine, actor);
        } catch (IllegalArgumentException | IllegalStateException | Machine.MissingPart unfit) {
            throw new Unfit(actor, unfit);
        }
    }

    private static byte endOf(Software software, int point) {
        Software.End end = software.end(point);
        if (end == null) {
            return NOT_ENDED;
        }
        return switch (end) {
            case DONE -> ENDED_DONE;
            case PANIC -> ENDED_PANIC;
        };
    }

    /** What is told of an edge. */
    @FunctionalInterface
    public interface EdgeReader {
        /** The search went from point {@code from} along the result with {@code code}. */
        void read(int from, long code);
    }

    /** Tells of every edge of the software that a search went along. */
    public void eachEdgeSeen(EdgeReader reader) {
        if (!software.isComplete()) {
            software.eachEdge(reader);
            return;
        }
        for (int from = 0; from < table.steps.length; from++) {
            for (int edge = table.first[from]; edge < table.first[from + 1]; edge++) {
                if (table.seen[edge] != 0) {
                    reader.read(from, edge - table.first[from]);
                }
            }
        }
    }

    /**
     * Tells of every point at which a search saw the actor leave for the host: the code is {@link #EXITED} or
     * {@link #CALLED}.
     */
    public void eachLeftSeen(EdgeReader reader) {
        table.leftLazily.forEach(left -> reader.read((int) (left / 2), left % 2 == 0 ? EXITED : CALLED));
        for (int at = 0; at < table.left.length; at++) {
            if ((table.left[at] & 1) != 0) {
                reader.read(at, EXITED);
            }
            if ((table.left[at] & 2) != 0) {
                reader.read(at, CALLED);
            }
        }
    }

    /** How many edges the software has, as far as it is known. */
    public int edges() {
        if (software.isComplete()) {
            return table.next.length;
        }
        int[] edges = {0};
        software.eachEdge((from, code) -> edges[0]++);
        return edges[0];
    }

    /** Whether the software has not ended. */
    public boolean isUnderWay(State state) {
        int at = point.get(state, actor.index());
        return software.isComplete() ? table.end[at] == NOT_ENDED : software.end(at) == null;
    }

    /** Whether the actor is about to ask for what somebody else is bound to give back. */
    boolean isBlocked(State state) {
        Operation<?> next = software.operation(point.get(state, actor.index()));
        return next != null && next.isBlocking();
    }

    @Override
    public void each(State state, Successors successors) {
        int me = actor.index();
        int at = point.get(state, me);
        Step step = step(at);
        if (step == null) {
            return;
        }
        if (cpus != null) {
            int status = cpus.status().ordinal(state, me);
            if (status != Cpus.Status.RUNNING.ordinal()) {
                if (status == Cpus.Status.ANSWERED.ordinal()) {
                    arrive(state, successors, at, cpus.takeAnswer(state, me));
                }
                return;
            }
        }
        long outcome = step.take(state);
        if (outcome >= 0) {
            arrive(state, successors, at, outcome);
        } else if (outcome != Outcome.WAITS) {
            leave(state, successors, at, step, outcome);
        }
    }

    private @Nullable Step step(int at) {
        if (software.isComplete()) {
            return table.steps[at];
        }
        Operation<?> operation = software.operation(at);
        if (operation == null) {
            return null;
        }
        Optional<String> why = misfit.apply(operation);
        if (why.isPresent()) {
            throw new Unfit(actor, new IllegalArgumentException(why.get()));
        }
        return bind(operation, machine, actor);
    }

    private void leave(State state, Successors successors, int at, Step step, long outcome) {
        int choices = Outcome.choices(outcome);
        if (choices > 0) {
            for (int code = 0; code < choices; code++) {
                if (code > 0) {
                    step.take(state);
                }
                arrive(state, successors, at, code);
            }
            return;
        }
        if (outcome == Outcome.STAYS) {
            successors.take(BEGUN);
            return;
        }
        if (cpus == null) {
            throw new Machine.MissingPart(Cpus.class);
        }
        boolean exits = outcome == Outcome.EXITS;
        if (!software.isComplete()) {
            table.leftLazily.add(2L * at + (exits ? 0 : 1));
        } else if ((table.left[at] & (exits ? 1 : 2)) == 0) {
            table.left[at] |= (byte) (exits ? 1 : 2);
        }
        if (sought != null && sought.isResult(software, at, exits ? EXITED : CALLED)) {
            state.observe(Ways.FOUND.broken());
        }
        cpus.status().set(state, actor.index(), exits ? Cpus.Status.EXITED : Cpus.Status.CALLING);
        successors.take(exits ? EXITED : CALLED);
    }

    private void arrive(State state, Successors successors, int at, long code) {
        int to;
        byte end;
        if (software.isComplete()) {
            int edge = table.first[at] + (int) code;
            to = table.next[edge];
            end = table.end[to];
            if (table.seen[edge] == 0) {
                table.seen[edge] = 1;
            }
        } else {
            to = software.next(at, code);
            end = endOf(software, to);
        }
        point.set(state, actor.index(), to);
        if (sought != null && sought.isResult(software, at, code)) {
            state.observe(Ways.FOUND.broken());
        }
        if (end != NOT_ENDED) {
            state.observe(
                    end == ENDED_PANIC ? Property.AVAILABILITY.broken() : Property.AVAILABILITY.exercised());
        }
        successors.take((int) code);
    }
}
