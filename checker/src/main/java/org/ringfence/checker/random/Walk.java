package org.ringfence.checker.random;

import java.util.Arrays;

/**
 * One random sequence after another on a stage: whose turn it is and what they do is drawn, first an actor's operation, then its arguments, so that
 * an operation with many arguments is as likely as one with none.
 */
final class Walk {
    /** Lengths of sequences in turn: short ones shrink fast, long ones get far. */
    private static final int[] LENGTHS = {60, 300, 1500};

    private static final int TRIES = 64;

    private final Stage stage;
    private final Dice dice;
    private final Play play;
    private final int[] turns = new int[LENGTHS[LENGTHS.length - 1]];
    private int taken;
    private int sequences;
    private long operations;

    Walk(Stage stage, long seed, long[][] outcomes) {
        this.stage = stage;
        this.dice = new Dice(seed);
        this.play = new Play(stage, turns.length, outcomes);
    }

    /** Plays the next sequence to its end; answers whether it broke something. */
    boolean next() {
        int length = LENGTHS[sequences++ % LENGTHS.length];
        play.restart();
        taken = 0;
        while (taken < length) {
            int turn = draw();
            if (turn == Integer.MIN_VALUE) {
                return false;
            }
            operations++;
            int end = turn >= 0 ? play.turn(turn) : play.again(~turn);
            switch (end) {
                case Play.WELL -> turns[taken++] = turn;
                case Play.BROKEN -> {
                    turns[taken++] = turn;
                    return true;
                }
                default -> forget(turn);
            }
        }
        return false;
    }

    private void forget(int turn) {
        if (turn >= 0) {
            play.dequeue(stage.acts()[turn].actor().index());
        }
    }

    /** An act, or the complement of an actor that goes on with what it is at; the least number when nobody can do anything. */
    private int draw() {
        for (int i = 0; i < TRIES; i++) {
            Stage.Group group = stage.groups()[dice.below(stage.groups().length)];
            int actor = group.actor().index();
            if (!play.isAway(actor)) {
                return play.isBusy(actor) ? ~actor : group.first() + dice.below(group.count());
            }
        }
        return Integer.MIN_VALUE;
    }

    /** The turns of the sequence played last. */
    int[] turns() {
        return Arrays.copyOf(turns, taken);
    }

    /** Operations attempted so far, over all sequences. */
    long operations() {
        return operations;
    }
}
