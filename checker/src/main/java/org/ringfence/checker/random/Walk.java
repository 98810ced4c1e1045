package org.ringfence.checker.random;

import java.util.Arrays;

/**
 * One random sequence after another on a stage: whose turn it is and what they do is drawn, first an actor's operation,
 * then its arguments, so that an operation with many arguments is as likely as one with none. Of many arguments few are
 * of use: half of the draws are among those by which the operation has changed something in this sequence or an earlier
 * one.
 */
final class Walk {
    /** Lengths of sequences in turn: short ones shrink fast, long ones get far. */
    private static final int[] LENGTHS = {60, 300, 1500};

    private static final int TRIES = 64;

    /** How many acts of a group are remembered for their use, the latest. */
    private static final int REMEMBERED = 64;

    private final Stage stage;
    private final Dice dice;
    private final Play play;
    private final int[][] useful;
    private final int[] used;
    private final int[] turns = new int[LENGTHS[LENGTHS.length - 1]];
    private int taken;
    private int sequences;
    private long operations;

    Walk(Stage stage, long seed, long[][] outcomes) {
        this.stage = stage;
        this.dice = new Dice(seed);
        this.play = new Play(stage, turns.length, outcomes);
        int groups = stage.acts().length == 0 ? 0 : stage.acts()[stage.acts().length - 1].group() + 1;
        this.useful = new int[groups][REMEMBERED];
        this.used = new int[groups];
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
                case Play.WELL -> {
                    turns[taken++] = turn;
                    remember(play.useful());
                }
                case Play.BROKEN -> {
                    turns[taken++] = turn;
                    return true;
                }
                default -> forget(turn);
            }
        }
        return false;
    }

    private void remember(int act) {
        if (act >= 0) {
            int group = stage.acts()[act].group();
            useful[group][used[group]++ % REMEMBERED] = act;
        }
    }

    private void forget(int turn) {
        if (turn >= 0) {
            play.dequeue(stage.acts()[turn].actor().index());
        }
    }

    /**
     * An act, or the complement of an actor that goes on with what it is at; the least number when nobody can do
     * anything.
     */
    private int draw() {
        for (int i = 0; i < TRIES; i++) {
            Stage.Group group = stage.groups()[dice.below(stage.groups().length)];
            int actor = group.actor().index();
            if (!play.isAway(actor)) {
                return play.isBusy(actor) ? ~actor : draw(group);
            }
        }
        return Integer.MIN_VALUE;
    }

    private int draw(Stage.Group group) {
        int known = Math.min(used[group.number()], REMEMBERED);
        return known > 0 && dice.below(2) == 0
                ? useful[group.number()][dice.below(known)]
                : group.first() + dice.below(group.count());
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
