package org.ringfence.machine.operation;

/**
 * How a {@link Step} ends. A number that is not negative is the code of a result: the step is done and the routine
 * moves on. The others are named here.
 */
public final class Outcome {

    /** Not enabled: the state is untouched and nothing happened. */
    public static final long WAITS = -1;

    /**
     * The actor has left its CPU for the host: the step may have changed the state and recorded why. The routine stays
     * before the operation and asks it again once the host has resumed the CPU.
     */
    public static final long EXITS = -2;

    /** As {@link #EXITS}, but what the host answers becomes the operation's result. */
    public static final long CALLS = -3;

    /**
     * The operation has begun: the state may have changed, and the routine stays before it, on its CPU, and goes on
     * with it when it is its turn again. What takes several steps ends so until the last.
     */
    public static final long STAYS = -4;

    private static final long CHOICE = -16;

    private Outcome() {}

    /** Done, with any of the results 0 to {@code results - 1} and the same state after each. */
    public static long choice(int results) {
        return CHOICE - results;
    }

    /** How many results a {@link #choice} has; 0 when {@code outcome} is none. */
    public static int choices(long outcome) {
        return outcome < CHOICE ? (int) (CHOICE - outcome) : 0;
    }
}
