package org.ringfence.platform.cost;

/** A file of costs cannot be used. */
public final class BadCosts extends Exception {
    private static final long serialVersionUID = 1;

    private final int line;

    BadCosts(int line, String sentence) {
        super(sentence);
        this.line = line;
    }

    /** The line, from 1. */
    public int line() {
        return line;
    }

    /** What is wrong and what is allowed. */
    public String sentence() {
        return String.valueOf(getMessage());
    }
}
