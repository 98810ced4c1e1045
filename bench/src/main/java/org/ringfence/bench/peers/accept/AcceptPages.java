package org.ringfence.bench.peers.accept;

import org.ringfence.machine.state.Declaration;
import org.ringfence.machine.state.Enumerated;
import org.ringfence.machine.state.Flag;
import org.ringfence.machine.state.FrameRef;
import org.ringfence.machine.state.State;
import org.ringfence.machine.state.Table;

/** The model's memory: {@code pages} pages and one frame more. */
public record AcceptPages(
        int pages, Enumerated<PeerSept> sept, Enumerated<Content> content, FrameRef frame, Flag accepted) {

    /** Declares one entry a page. */
    public static AcceptPages declare(Declaration declaration, int pages) {
        Table table = declaration.table("SEPT", "page", pages);
        return new AcceptPages(
                pages,
                table.enumerated("state", PeerSept.class),
                table.enumerated("content", Content.class),
                table.frame("frame"),
                table.flag("accepted"));
    }

    /** How many frames there are. */
    public int frames() {
        return frame.frames();
    }

    /** The frames that no page is backed by, as bits; a page without one sets the topmost bit, which is no frame's. */
    long unused(State state) {
        long used = 0;
        for (int p = 0; p < pages; p++) {
            used |= 1L << frame.get(state, p);
        }
        return ~used & (1L << frames()) - 1;
    }

    void augment(State state, int page, int f) {
        sept.set(state, page, PeerSept.PENDING);
        content.set(state, page, Content.JUNK);
        frame.set(state, page, f);
    }

    void block(State state, int page) {
        sept.set(state, page, PeerSept.BLOCKED);
    }

    void remove(State state, int page) {
        sept.set(state, page, PeerSept.FREE);
        content.set(state, page, Content.JUNK);
        frame.set(state, page, FrameRef.NONE);
    }
}
