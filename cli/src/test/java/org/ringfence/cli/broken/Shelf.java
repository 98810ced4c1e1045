package org.ringfence.cli.broken;

import org.ringfence.machine.state.Bits;
import org.ringfence.machine.state.Bounded;
import org.ringfence.machine.state.Declaration;
import org.ringfence.machine.state.Enumerated;
import org.ringfence.machine.state.Flag;
import org.ringfence.machine.state.FrameRef;
import org.ringfence.machine.state.State;
import org.ringfence.machine.state.Table;

/** One field of each kind, side by side in a word: what one cannot hold would run over into the next. */
record Shelf(
        Bounded counter, Enumerated<Colour> colour, FrameRef frame, Bits set, Bits frames, Flag before, Flag after) {
    static final int ENTRIES = 3;
    static final int COUNTER_MOST = 4;
    static final int SET_WIDTH = 5;

    /** Of which only the first three have a place. */
    enum Colour {
        RED,
        GREEN,
        BLUE,
        ULTRAVIOLET
    }

    static Shelf declare(Declaration declaration) {
        Table table = declaration.table("shelf", "board", ENTRIES);
        Flag before = table.flag("before");
        return new Shelf(
                table.bounded("counter", COUNTER_MOST),
                table.enumerated("colour", Colour.class, Colour.BLUE),
                table.frame("frame"),
                table.bits("set", SET_WIDTH),
                table.frameSet("frames"),
                before,
                table.flag("after"));
    }

    /** What is written where. */
    enum Place {
        COUNTER,
        COLOUR,
        FRAME,
        SET,
        MEMBER,
        REMOVED,
        FRAMES,
        ENTRY
    }

    void write(State state, Place place, int board, int value) {
        switch (place) {
            case COUNTER -> counter.set(state, board, value);
            case COLOUR -> colour.set(state, board, Colour.values()[value]);
            case FRAME -> frame.set(state, board, value);
            case SET -> set.set(state, board, value);
            case MEMBER -> set.add(state, board, value);
            case REMOVED -> set.remove(state, board, value);
            case FRAMES -> frames.add(state, board, value);
            case ENTRY -> after.set(state, value, true);
        }
    }
}
