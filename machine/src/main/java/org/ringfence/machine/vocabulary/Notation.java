package org.ringfence.machine.vocabulary;

/** How one argument of an operation is written, where its type alone does not tell. */
public interface Notation {

    /** {@code value} as text without blanks that {@link #parse} reads. */
    String print(Object value);

    /**
     * The value that {@code text} stands for.
     *
     * @throws IllegalArgumentException where it is none
     */
    Object parse(String text);

    /** What is allowed, for a sentence. */
    String allowed();
}
