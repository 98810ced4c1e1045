package org.ringfence.machine.state;

/** An integer field from 0 to {@link #max}, both included. */
public record Bounded(Cells cells, int max) {
    public int get(State state, int index) {
        return (int) cells.get(state, index);
    }

    public int get(State state) {
        return get(state, 0);
    }

    /** Stores {@code value}; one out of range is a defect of the caller and throws {@link OutOfRange}. */
    public void set(State state, int index, int value) {
        if (Integer.compareUnsigned(value, max) > 0) {
            throw OutOfRange.value(cells.name(index), value, 0, max);
        }
        cells.put(state, index, value);
    }

    public void set(State state, int value) {
        set(state, 0, value);
    }

    /** Where the bits of entry {@code index} are in the words of a packed state. */
    public Layout.Place place(int index) {
        return cells.place(index);
    }
}
