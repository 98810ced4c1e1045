package org.ringfence.machine.state;

/** A boolean field of a table. */
public record Flag(Cells cells) {
    public boolean get(State state, int index) {
        return cells.get(state, index) != 0;
    }

    public boolean get(State state) {
        return get(state, 0);
    }

    public void set(State state, int index, boolean value) {
        cells.put(state, index, value ? 1 : 0);
    }

    public void set(State state, boolean value) {
        set(state, 0, value);
    }
}
