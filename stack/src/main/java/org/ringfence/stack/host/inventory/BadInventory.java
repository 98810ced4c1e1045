package org.ringfence.stack.host.inventory;

/** A memory map or a list of processors that cannot be used. */
public final class BadInventory extends Exception {
    private static final long serialVersionUID = 1;

    private final int line;
    private final int column;

    /**
     * At a place, both numbers from 1.
     *
     * @param sentence what is wrong and what is allowed, without a full stop
     */
    public BadInventory(int line, int column, String sentence) {
        super(sentence);
        this.line = line;
        this.column = column;
    }

    /** The line, from 1. */
    public int line() {
        return line;
    }

    /** The column, from 1. */
    public int column() {
        return column;
    }

    /** What is wrong and what is allowed, without a full stop. */
    public String sentence() {
        return String.valueOf(getMessage());
    }
}
