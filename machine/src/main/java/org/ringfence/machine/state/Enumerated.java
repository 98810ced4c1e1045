package org.ringfence.machine.state;

/**
 * A field that holds one constant of an enum, stored as its ordinal; a new state holds the first constant.
 *
 * @param last ordinal of the last constant that has a place
 */
public record Enumerated<E extends Enum<E>>(Cells cells, Constants<E> constants, int last) {

    /** The constants of an enum in order. */
    record Constants<E extends Enum<E>>(E[] values) {}

    static <E extends Enum<E>> Enumerated<E> of(Cells cells, Class<E> type, int last) {
        return new Enumerated<>(cells, new Constants<>(type.getEnumConstants()), last);
    }

    public E get(State state, int index) {
        return constants.values[(int) cells.get(state, index)];
    }

    public E get(State state) {
        return get(state, 0);
    }

    /** The ordinal of {@link #get}. */
    public int ordinal(State state, int index) {
        return (int) cells.get(state, index);
    }

    public boolean is(State state, int index, E constant) {
        return cells.get(state, index) == constant.ordinal();
    }

    /** The entries that hold {@code constant}, one bit each; for tables of at most 64 entries. */
    public long where(State state, E constant) {
        return cells.where(state, constant.ordinal());
    }

    /** Stores {@code constant}; one without a place is a defect of the caller and throws {@link OutOfRange}. */
    public void set(State state, int index, E constant) {
        int ordinal = constant.ordinal();
        if (ordinal > last) {
            throw OutOfRange.value(cells.name(index) + " (" + constant + ")", ordinal, 0, last);
        }
        cells.put(state, index, ordinal);
    }

    public void set(State state, E constant) {
        set(state, 0, constant);
    }
}
