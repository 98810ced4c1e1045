package org.ringfence.machine.operation;

/**
 * A question about an {@link Answer} that the earlier ones leave open.
 *
 * @param kind what is asked
 * @param argument the value, the bound, or the single bit in question
 */
public record Question(Kind kind, long argument) implements Operation<Boolean> {

    /** What is asked about an answer. */
    public enum Kind {
        /** Is it this value? */
        IS,
        /** Is it below this bound? */
        BELOW,
        /** Is this bit set? */
        BIT
    }

    private static final long EITHER = Outcome.choice(2);

    @Override
    public Results<Boolean> results() {
        return new Results.Truth();
    }

    @Override
    public Step on(Machine machine, Actor actor) {
        return state -> EITHER;
    }

    @Override
    public String mnemonic() {
        return "question";
    }
}
