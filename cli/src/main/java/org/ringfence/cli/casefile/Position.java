package org.ringfence.cli.casefile;

/** A place in a file: line and column, both from 1. */
public record Position(int line, int column) {
    /** Where a file begins. */
    public static final Position START = new Position(1, 1);

    @Override
    public String toString() {
        return line + ":" + column;
    }
}
