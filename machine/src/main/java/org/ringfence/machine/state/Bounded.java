package org.ringfence.machine.state;

/** An integer field from 0 to {@link #max}, both included. */
public record Bounded(Cells cells, int max) {
    public int get(State state, int index) {
        return (int) cells.get(state, index);
    }

    public int get(State state) {
        return get(state, 0);
    }

    /**
     * Stores {@code value}, which must lie in range: out of range is a defect of the caller, checked only by assertion.
     */
    public void set(State state, int index, int value) {
        assert value >= 0 && value <= max : value + " is not in 0.." + max;
        cells.set(state, index, value);
    }

    public void set(State state, int value) {
        set(state, 0, value);
    }
}
