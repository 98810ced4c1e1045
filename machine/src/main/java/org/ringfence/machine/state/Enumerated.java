package org.ringfence.machine.state;

/** A field that holds one constant of an enum, stored as its ordinal; a new state holds the first constant. */
public record Enumerated<E extends Enum<E>>(Cells cells, Constants<E> constants) {

    /** The constants of an enum in order. */
    record Constants<E extends Enum<E>>(E[] values) {}

    static <E extends Enum<E>> Enumerated<E> of(Cells cells, Class<E> type) {
        return new Enumerated<>(cells, new Constants<>(type.getEnumConstants()));
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

    public void set(State state, int index, E constant) {
        cells.set(state, index, constant.ordinal());
    }

    public void set(State state, E constant) {
        set(state, 0, constant);
    }
}
