package org.ringfence.machine.operation;

/**
 * A 64-bit number from someone who need not be honest. A routine can only question it, and each question that what was
 * asked before leaves open is a choice that the checker takes both ways: so all 2^64 answers are covered by as many
 * branches as the routine tells apart. Numbers are unsigned.
 */
public interface Answer {

    /** Whether the answer is {@code value}. */
    boolean is(long value);

    /** Whether the answer is less than {@code bound}, unsigned. */
    boolean below(long bound);

    /** The bits of the answer under {@code mask}, which may select at most eight. */
    long bits(long mask);

    /** A number that answers every question so far as it was answered. */
    long witness();

    /** An answer that is {@code value}. */
    static Answer known(long value) {
        return new KnownAnswer(value);
    }

    /** An answer of which nothing is known; its open questions are asked as {@link Question}s of {@code cpu}. */
    static Answer open(Cpu cpu) {
        return new OpenAnswer(cpu);
    }
}
