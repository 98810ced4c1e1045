package org.ringfence.stack.guest.acceptance;

import java.util.List;
import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.Memory;
import org.ringfence.machine.operation.Part;
import org.ringfence.machine.operation.Reporting;
import org.ringfence.machine.state.Bits;
import org.ringfence.machine.state.Declaration;
import org.ringfence.machine.state.State;

/**
 * The guest's own record of the pages it has accepted or validated: one bit for each 4K page. It lies in the guest's
 * own private memory, so that it must be validated before the memory it tells of, and the host can neither read nor
 * write it; what it takes is lost to the guest, and grows with the memory it covers: a 32768th. COCONUT-SVSM's covers
 * the monitor's own pages only. Source: COCONUT-SVSM, kernel/src/mm/validate.rs.
 */
public record AcceptanceBitmap(Geometry geometry, Bits accepted) implements Reporting {
    /** Brings it. */
    public static final Part PART = Part.of(
            AcceptanceBitmap.class,
            (declaration, machine, cast) -> declare(declaration, machine.part(Memory.class).geometry()));

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

    /** Sets or clears the bits of {@code count} pages from {@code first} on: whole words where it can. */
    void setRange(State state, int first, int count, boolean value) {
        int end = first + count;
        for (int page = first; page < end;) {
            int bit = page % WORD;
            int bits = Math.min(WORD - bit, end - page);
            long mask = (bits == WORD ? -1L : (1L << bits) - 1) << bit;
            long word = accepted.get(state, page / WORD);
            accepted.set(state, page / WORD, value ? word | mask : word & ~mask);
            page += bits;
        }
    }

    /** Pages of 4K that a bitmap takes which covers {@code pages} pages of 4K. */
    public static long cost(long pages) {
        long words = (pages + WORD - 1) / WORD;
        return (words * Long.BYTES + Geometry.SMALL - 1) / Geometry.SMALL;
    }

    @Override
    public List<String> report() {
        return List.of("the guest's bitmap costs 1 bit for each page of 4K, 32 KiB for each GiB; here %d"
                .formatted(geometry.pages()));
    }
}
