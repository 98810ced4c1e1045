package org.ringfence.checker.differential;

import org.ringfence.checker.learn.Budget;
import org.ringfence.checker.learn.CompleteSoftware;
import org.ringfence.checker.learn.Learner;

/** Prints the hashes of random routines' automata. */
public final class Hashes {
    private Hashes() {}

    /** A line for each of the first scenarios whose routine is learned to the end. */
    public static String print() {
        StringBuilder lines = new StringBuilder();
        for (long seed = 1; seed <= 200; seed++) {
            Walk walk = new Walk(Scenario.random(seed).program(), 0, 0, null, null);
            if (Learner.learn(walk, Budget.DEFAULT) instanceof CompleteSoftware complete) {
                lines.append(seed).append(' ').append(complete.hash()).append('\n');
            }
        }
        return lines.toString();
    }

    /** Prints them, for comparison with another process. */
    public static void main(String[] arguments) {
        System.out.print(print());
    }
}
