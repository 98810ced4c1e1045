package org.ringfence.machine.state;

/** A field that names a host frame, or none. Frames are interchangeable, so the checker may rename what it holds. */
public record FrameRef(Cells cells, int frames) {
    /** What {@link #get} answers where no frame is named. */
    public static final int NONE = -1;

    /** The frame's index, or {@link #NONE}. */
    public int get(State state, int index) {
        return (int) cells.get(state, index) - 1;
    }

    public int get(State state) {
        return get(state, 0);
    }

    /**
     * Stores {@code frame}; one that the machine does not have is a defect of the caller and throws {@link OutOfRange}.
     */
    public void set(State state, int index, int frame) {
        if (Integer.compareUnsigned(frame + 1, frames) > 0) {
            throw OutOfRange.value(cells.name(index), frame, NONE, frames - 1);
        }
        cells.put(state, index, frame + 1);
    }

    public void set(State state, int frame) {
        set(state, 0, frame);
    }
}
