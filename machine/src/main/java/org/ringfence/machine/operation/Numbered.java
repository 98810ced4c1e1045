package org.ringfence.machine.operation;

/** Things of a machine that operations name by number, from 0: pages, CPUs, packages, entries of a buffer. */
public final class Numbered {
    private Numbered() {}

    /**
     * The number, where there is such a thing.
     *
     * @param what it is, in the singular
     * @throws IllegalArgumentException where there is none, with a sentence that says which there are
     */
    public static int require(String what, int number, int count) {
        return require(what, number, 0, count - 1);
    }

    /** The same of things that are numbered from {@code least} to {@code most}. */
    public static int require(String what, int number, int least, int most) {
        if (number < least || number > most) {
            throw new IllegalArgumentException(most < least
                    ? "the machine has no %s".formatted(what)
                    : "%s is %d; allowed is %d%s".formatted(what, number, least,
                            most == least ? " only" : " to " + most));
        }
        return number;
    }

    /**
     * Refuses {@code count} things from {@code first} on that are not all there.
     *
     * @param what they are, in the plural
     * @throws IllegalArgumentException with a sentence
     */
    public static void requireRange(String what, int first, int count, int all) {
        if (first < 0 || count < 0 || first > all - count) {
            throw new IllegalArgumentException(
                    "%d %s from %d on; the machine has %d".formatted(count, what, first, all));
        }
    }
}
