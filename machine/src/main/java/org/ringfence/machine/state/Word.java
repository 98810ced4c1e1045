package org.ringfence.machine.state;

/** A 64-bit field. */
public record Word(Cells cells) {
    public long get(State state, int index) {
        return cells.get(state, index);
    }

    public long get(State state) {
        return get(state, 0);
    }

    public void set(State state, int index, long value) {
        cells.put(state, index, value);
    }

    public void set(State state, long value) {
        set(state, 0, value);
    }
}
