package org.ringfence.machine.state;

/**
 * A set of at most 64 small integers, one bit each. A member out of range is a defect of the caller and throws
 * {@link OutOfRange}.
 */
public record Bits(Cells cells, int width) {
    public long get(State state, int index) {
        return cells.get(state, index);
    }

    public boolean has(State state, int index, int bit) {
        return (cells.get(state, index) & bit(index, bit)) != 0;
    }

    public void set(State state, int index, long bits) {
        cells.set(state, index, bits);
    }

    public void add(State state, int index, int bit) {
        cells.put(state, index, cells.get(state, index) | bit(index, bit));
    }

    public void remove(State state, int index, int bit) {
        cells.put(state, index, cells.get(state, index) & ~bit(index, bit));
    }

    private long bit(int index, int bit) {
        if (Integer.compareUnsigned(bit, width) >= 0) {
            throw OutOfRange.value(cells.name(index), bit, 0, width - 1);
        }
        return 1L << bit;
    }
}
