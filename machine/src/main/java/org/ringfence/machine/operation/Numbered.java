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
        if (number < 0 || number >= count) {
            throw new IllegalArgumentException(count == 0
                    ? "the machine has no %s".formatted(what)
                    : "%s is %d; allowed is 0%s".formatted(what, number, count == 1 ? " only" : " to " + (count - 1)));
        }
        return number;
    }
}
