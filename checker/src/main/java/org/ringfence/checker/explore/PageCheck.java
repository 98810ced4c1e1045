package org.ringfence.checker.explore;

import java.util.Arrays;
import org.ringfence.machine.operation.Family;
import org.ringfence.machine.operation.Invariant;
import org.ringfence.machine.operation.Mover;
import org.ringfence.machine.operation.Successors;
import org.ringfence.machine.state.Fingerprint;
import org.ringfence.machine.state.State;

/**
 * Tries on some of the states found whether pages that {@link PageSymmetry} takes for alike are: every mover must have
 * as many moves, and successors with the same representatives and marks, from a state and from the same state with two
 * neighbouring pages exchanged; and laws must judge both in one way. All states among the first are tried, and one of
 * some hundred of the others.
 */
final class PageCheck {
    private static final int SOME = 0xFF;

    private final Model model;
    private final PageSymmetry pages;
    private final Worker worker;
    private final Successors out;
    private final State state;

    PageCheck(Model model, PageSymmetry pages) {
        this.model = model;
        this.pages = pages;
        worker = new Worker(model);
        state = model.initial().snapshot();
        out = new Successors(state);
        out.watch(-1L);
    }

    /** Whether a state is one of those that are tried. */
    static boolean isTried(long fingerprint) {
        return (fingerprint & SOME) == 0;
    }

    /**
     * Tries one state.
     *
     * @throws PagesToldApart where someone treats pages differently
     */
    void attempt(State representative) {
        int[] alike = pages.alike();
        for (int i = 0; i + 1 < alike.length; i++) {
            State exchanged = representative.snapshot();
            pages.exchange(exchanged, i, i + 1);
            for (Invariant invariant : model.invariants()) {
                if (invariant.judge(representative) != invariant.judge(exchanged)) {
                    throw apart("a law of " + invariant.property(), alike[i], alike[i + 1]);
                }
            }
            for (Mover mover : model.movers()) {
                if (!Arrays.equals(moves(mover, representative), moves(mover, exchanged))) {
                    throw apart(name(mover), alike[i], alike[i + 1]);
                }
            }
        }
    }

    /** Fingerprints of what {@code mover} does, in an order that does not depend on names. */
    private long[] moves(Mover mover, State from) {
        state.restore(from);
        out.begin();
        mover.each(state, out);
        int width = state.words().length;
        long[] moves = new long[out.count() + out.breaches() + 1];
        for (int i = 0; i < out.count(); i++) {
            moves[i] = worker.represent(out.words(), i * width);
        }
        for (int i = 0; i < out.breaches(); i++) {
            moves[out.count() + i] = Fingerprint.combine(
                    worker.represent(out.breachWords(), i * width), out.breachMarks(i));
        }
        moves[moves.length - 1] = out.taken();
        Arrays.sort(moves);
        return moves;
    }

    private static String name(Mover mover) {
        return switch (mover) {
            case SoftwareMover software -> "software of " + software.actor().name();
            case Family family when !family.arguments().isEmpty() ->
                family.operation(family.arguments().getFirst()).mnemonic();
            default -> mover.toString();
        };
    }

    private static PagesToldApart apart(String who, int one, int other) {
        return new PagesToldApart("%s treats pages %d and %d differently".formatted(who, one, other));
    }
}
