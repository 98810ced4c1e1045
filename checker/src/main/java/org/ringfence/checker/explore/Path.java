package org.ringfence.checker.explore;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.ringfence.machine.operation.Mover;
import org.ringfence.machine.operation.Property;
import org.ringfence.machine.operation.Successors;
import org.ringfence.machine.state.State;

/**
 * A way from the first state: its moves in order. A breach by a state ends in that state; a breach by a move ends with
 * that move.
 *
 * @param last the state it leads to
 */
public record Path(List<Move> moves, State last) {

    /**
     * One move.
     *
     * @param mover index among the model's movers
     * @param arguments of the mover's own coding: a family's arguments, or the code of software's result
     * @param before the state before it
     * @param after and after it
     * @param marks of {@link org.ringfence.machine.operation.Property} that it left
     */
    public record Move(int mover, int arguments, State before, State after, long marks) {}

    public Path {
        moves = List.copyOf(moves);
    }

    /**
     * Walks from the first state to a breach of {@code property}. The ordinals name moves of representatives; the path
     * returned takes, at each step, the first move whose successor is represented so. Names of frames are those that
     * the moves themselves give, so no renaming shows.
     *
     * @param ordinals of the moves before the breach
     * @param breaking the ordinal of the move that breaks the property; negative when the state itself does
     */
    static Path follow(Model model, List<Integer> ordinals, int breaking, Property property) {
        Worker worker = new Worker(model);
        State representative = model.initial().snapshot();
        worker.represent(representative.words(), 0);
        Walker walker = new Walker(model, worker);
        for (int ordinal : ordinals) {
            Clock.tickAfterwards("a trace is made");
            Move move = new Trial(model, representative).move(ordinal);
            representative.restore(move.after);
            worker.represent(representative.words(), 0);
            walker.step(representative.words(), 0);
        }
        if (breaking >= 0) {
            representative.restore(new Trial(model, representative).move(breaking).after);
            worker.represent(representative.words(), 0);
            walker.step(representative.words(), property.broken() & ~property.exercised());
        }
        return new Path(walker.moves, walker.state.snapshot());
    }

    /** Finds moves again by trying. */
    private static final class Walker {
        private final Model model;
        private final Worker worker;
        private final State state;
        private final List<Move> moves = new ArrayList<>();

        Walker(Model model, Worker worker) {
            this.model = model;
            this.worker = worker;
            this.state = model.initial().snapshot();
        }

        void step(long[] representative, long marks) {
            Trial trial = new Trial(model, state.snapshot());
            Successors all = trial.all(marks);
            int count = marks == 0 ? all.count() : all.breaches();
            long[] words = marks == 0 ? all.words() : all.breachWords();
            for (int i = 0; i < count; i++) {
                int from = i * representative.length;
                worker.represent(words, from);
                if (Arrays.equals(words, from, from + representative.length, representative, 0,
                        representative.length)) {
                    Move move = trial.move(marks == 0 ? all.ordinal(i) : all.breachOrdinal(i));
                    moves.add(move);
                    state.restore(move.after);
                    return;
                }
            }
            throw new IllegalStateException(
                    "the search's way cannot be walked again: a move is not a function of its state");
        }
    }

    /** The moves of one state, one at a time. */
    static final class Trial {
        private final Model model;
        private final State before;
        private final State state;

        Trial(Model model, State before) {
            this.model = model;
            this.before = before;
            this.state = before.snapshot();
        }

        /** All moves that change something, and as breaches all that leave one of {@code marks}. */
        Successors all(long marks) {
            Successors all = new Successors(state);
            all.watch(marks);
            all.begin();
            for (Mover mover : model.movers()) {
                mover.each(state, all);
            }
            return all;
        }

        Move move(int ordinal) {
            state.restore(before);
            Successors wanted = new Successors(state);
            wanted.want(ordinal);
            wanted.watch(-1L);
            wanted.begin();
            int index = 0;
            for (Mover mover : model.movers()) {
                wanted.source(index++);
                mover.each(state, wanted);
            }
            State after = before.snapshot();
            System.arraycopy(
                    Objects.requireNonNull(wanted.wantedWords(), "no move with this ordinal"),
                    0,
                    after.words(),
                    0,
                    after.words().length);
            return new Move(wanted.wantedSource(), wanted.wantedArguments(), before, after, wanted.wantedMarks());
        }
    }
}
