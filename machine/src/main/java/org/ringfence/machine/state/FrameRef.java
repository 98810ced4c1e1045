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

    public void set(State state, int index, int frame) {
        assert frame >= NONE && frame < frames : frame + " is no frame of " + frames;
        cells.set(state, index, frame + 1);
    }

    public void set(State state, int frame) {
        set(state, 0, frame);
    }
}
