package org.ringfence.stack.guest.acceptance;

import java.util.List;
import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.operation.Reporting;
import org.ringfence.machine.state.Bits;
import org.ringfence.machine.state.Declaration;
import org.ringfence.machine.state.State;

/** The guest's own record of the pages it has accepted or validated: one bit for each 4K page. */
public record AcceptanceBitmap(Geometry geometry, Bits accepted) implements Reporting {

    private static final int WORD = 64;

    /** Declares one bit a page. */
    public static AcceptanceBitmap declare(Declaration declaration, Geometry geometry) {
        int words = (geometry.pages() + WORD - 1) / WORD;
        return new AcceptanceBitmap(
                geometry,
                declaration
                        .table("bitmap", words == 1 ? "" : "word", words)
                        .bits("accepted", Math.min(WORD, geometry.pages())));
    }

    boolean has(State state, int page) {
        return accepted.has(state, page / WORD, page % WORD);
    }

    void set(State state, int page, boolean value) {
        if (value) {
            accepted.add(state, page / WORD, page % WORD);
        } else {
            accepted.remove(state, page / WORD, page % WORD);
        }
    }

    @Override
    public List<String> report() {
        return List.of("the guest's bitmap costs 1 bit for each page of 4K, 32 KiB for each GiB; here %d"
                .formatted(geometry.pages()));
    }
}
