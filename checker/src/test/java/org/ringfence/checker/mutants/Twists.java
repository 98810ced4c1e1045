package org.ringfence.checker.mutants;

import org.ringfence.checker.explore.Software;
import org.ringfence.machine.operation.Outcome;
import org.ringfence.machine.operation.Step;
import org.ringfence.machine.state.Enumerated;
import org.ringfence.machine.state.State;

/** What mutated code calls instead of what it should. */
public final class Twists {
    private Twists() {}

    /** A step whose exit leaves no trace in the state. */
    public static long takeForgettingExits(Step step, State state) {
        State before = state.snapshot();
        long outcome = step.take(state);
        if (outcome == Outcome.EXITS || outcome == Outcome.CALLS) {
            state.restore(before);
        }
        return outcome;
    }

    /** A step that is done where it should wait. */
    public static long takeWithoutWaiting(Step step, State state) {
        long outcome = step.take(state);
        return outcome == Outcome.WAITS ? 0 : outcome;
    }

    /** Everyone is on its CPU. */
    public static int running(Enumerated<?> field, State state, int index) {
        return 0;
    }

    /** A field is not set. */
    public static void setNothing(Enumerated<?> field, State state, int index, Enum<?> constant) {}

    /** At most one choice. */
    public static int atMostOneChoice(long outcome) {
        return Math.min(1, Outcome.choices(outcome));
    }

    /** No software is complete. */
    public static boolean incomplete(Software software) {
        return false;
    }

    /** All points have one key. */
    public static long noKey(Software software, int point) {
        return 1;
    }

    /** One less than it is, where there are several. */
    public static long oneLess(long count) {
        return count > 2 ? count - 1 : count;
    }

    /** The one before. */
    public static long theOneBefore(long state) {
        return Math.max(0, state - 1);
    }

    /** One less than the upper half of the product. */
    public static long besideIt(long one, long other) {
        return Math.max(0, Math.unsignedMultiplyHigh(one, other) - 1);
    }

    /** All but the lowest bit lost. */
    public static int lowestBit(int number) {
        return number & 1;
    }

    /** The other way round. */
    public static int reversed(int order) {
        return -order;
    }

    /** Another number. */
    public static long otherBit(long word) {
        return word ^ 1;
    }

    /** Yes, whatever it was. */
    public static boolean yes(boolean ignored) {
        return true;
    }

    /** No, whatever it was. */
    public static boolean no(boolean ignored) {
        return false;
    }

    /** Two numbers are taken for equal when some of their bits are. */
    public static int compareSomeBits(long one, long other) {
        return (one & 3) == (other & 3) ? 0 : 1;
    }

    /** Nothing was broken. */
    public static int none(int ignored) {
        return 0;
    }
}
