package org.ringfence.machine.state;

/** A set of at most 64 small integers, one bit each. */
public record Bits(Cells cells, int width) {
    public long get(State state, int index) {
        return cells.get(state, index);
    }

    public boolean has(State state, int index, int bit) {
        return (cells.get(state, index) >>> bit & 1) != 0;
    }

    public void set(State state, int index, long bits) {
        cells.set(state, index, bits);
    }

    public void add(State state, int index, int bit) {
        cells.set(state, index, cells.get(state, index) | 1L << bit);
    }

    public void remove(State state, int index, int bit) {
        cells.set(state, index, cells.get(state, index) & ~(1L << bit));
    }
}
