package org.ringfence.bench.peers.rmp;

import org.ringfence.machine.state.Bits;
import org.ringfence.machine.state.Bounded;
import org.ringfence.machine.state.Declaration;
import org.ringfence.machine.state.Flag;
import org.ringfence.machine.state.FrameRef;
import org.ringfence.machine.state.State;
import org.ringfence.machine.state.Table;

/**
 * The model's memory.
 *
 * @param owner by frame: the page it is assigned to plus one, or 0 for the host
 * @param valid by frame
 * @param mapped by page: the frame that the nested table names
 * @param validated by page: whether the guest ever validated it
 * @param used by page: the frames that the guest used it on
 */
public record RmpMemory(
        int frames, int pages, Bounded owner, Flag valid, FrameRef mapped, Flag validated, Bits used) {

    /** Declares one entry a frame and one a page. */
    public static RmpMemory declare(Declaration declaration, int pages) {
        Table frame = declaration.perFrame("RMP");
        Table page = declaration.table("page", "page", pages);
        return new RmpMemory(
                declaration.frames(),
                pages,
                frame.bounded("owner", pages),
                frame.flag("valid"),
                page.frame("mapped"),
                page.flag("validated"),
                page.frameSet("used"));
    }

    /** Assigns a frame to a page; the frame is then not valid. */
    void assign(State state, int frame, int page) {
        owner.set(state, frame, page + 1);
        valid.set(state, frame, false);
    }

    /** Whether the host can take a frame back. */
    boolean canReclaim(State state, int frame) {
        return owner.get(state, frame) != 0;
    }

    void reclaim(State state, int frame) {
        owner.set(state, frame, 0);
        valid.set(state, frame, false);
    }

    /** The frame that a page is mapped to and that is assigned to it; negative when there is none. */
    int backing(State state, int page) {
        int frame = mapped.get(state, page);
        return frame >= 0 && owner.get(state, frame) == page + 1 ? frame : FrameRef.NONE;
    }

    void validate(State state, int page, int frame) {
        valid.set(state, frame, true);
        validated.set(state, page, true);
    }
}
