package org.ringfence.machine.tdx.module;

import java.util.ArrayList;
import java.util.List;
import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.state.Declaration;
import org.ringfence.machine.state.Flag;
import org.ringfence.machine.state.FrameRef;
import org.ringfence.machine.state.State;

/**
 * Dynamic PAMT: where the host has chosen it in TDH.SYS.CONFIG, the entries of 4K pages have no place from the start.
 * The host gives two pages for each 2M of which it wants 4K to be used (TDH.PHYMEM.PAMT.ADD), and takes them back
 * (TDH.PHYMEM.PAMT.REMOVE) when no entry in them is in use. A page of 2M needs none; TDH.MEM.PAGE.DEMOTE takes a pair
 * and TDH.MEM.PAGE.PROMOTE gives one back. In place of the 4K PAMT each TDMR has one bit for each 4K page, set where
 * the page is PAMT, or in a reserved area, so that it can be used for nothing else.
 *
 * <p>A pair may lie in the very 2M that it tells of. How many entries a pair has in use is counted in the entry of the
 * 2M page in life, and from the entries here.
 *
 * <p>Source: TDX module, commit 1666adc, pamt_manager.c (pamt_walk, dynamic_pamt_4k_bitmap_set), tdh_phymem_pamt_add.c,
 * tdh_phymem_pamt_remove.c.
 *
 * @param kept whether the module has it
 * @param enabled whether the host has chosen it
 * @param heads for each frame the first frame of its 2M
 * @param tells for each frame the first frame of the 2M of which it holds PAMT
 * @param second whether it holds that of the 2M's second half
 */
public record PamtPages(
        boolean kept, Geometry geometry, Flag enabled, List<Integer> heads, List<Boolean> halves, FrameRef tells,
        Flag second) {

    private static final int SHIFT = 21;
    private static final long HALF = 1L << 20;

    public PamtPages {
        heads = List.copyOf(heads);
        halves = List.copyOf(halves);
    }

    static PamtPages declare(Declaration declaration, ModuleOptions options, AddressMap map) {
        boolean kept = options.version().hasDynamicPamt();
        Geometry geometry = map.geometry();
        List<Integer> heads = new ArrayList<>();
        List<Boolean> halves = new ArrayList<>();
        for (int frame = 0; kept && frame < geometry.frames(); frame++) {
            boolean begins = frame == 0 || map.hpa(frame) >> SHIFT != map.hpa(frame - 1) >> SHIFT;
            heads.add(begins ? frame : heads.get(frame - 1));
            halves.add(
                    geometry.hasLargePages()
                            ? 2 * (frame % geometry.smallPerLarge()) >= geometry.smallPerLarge()
                            : (map.hpa(frame) & HALF) != 0);
        }
        var pages = kept ? declaration.perFrame("PAMT page") : declaration.table("PAMT page", "frame", 0);
        return new PamtPages(
                kept,
                geometry,
                declaration.table("dynamic PAMT", "", kept ? 1 : 0).flag("enabled"),
                heads,
                halves,
                pages.frame("tells of"),
                pages.flag("second half"));
    }

    /** Whether 4K entries are where the host has added pages for them. */
    public boolean isEnabled(State state) {
        return kept && enabled.get(state, 0);
    }

    /** The host chooses it, or not. */
    public void enable(State state, boolean to) {
        if (kept) {
            enabled.set(state, 0, to);
        }
    }

    /** The first frame of the 2M of {@code frame}. */
    public int head(int frame) {
        return heads.get(frame);
    }

    /** The frame behind the last one of the 2M of {@code frame}. */
    public int end(int frame) {
        int end = frame + 1;
        while (end < heads.size() && heads.get(end).equals(heads.get(frame))) {
            end++;
        }
        return end;
    }

    /** Whether {@code frame} lies in the second half of its 2M. */
    public boolean isInSecondHalf(int frame) {
        return halves.get(frame);
    }

    /** Whether {@code frame} is a PAMT page. */
    public boolean isPamt(State state, int frame) {
        return kept && tells.get(state, frame) != FrameRef.NONE;
    }

    /** The PAMT page that has the entries of one half of the 2M of {@code frame}; {@link FrameRef#NONE} for none. */
    public int page(State state, int frame, boolean secondHalf) {
        int head = head(frame);
        for (int page = 0; page < geometry.frames(); page++) {
            if (tells.get(state, page) == head && second.get(state, page) == secondHalf) {
                return page;
            }
        }
        return FrameRef.NONE;
    }

    /** Whether the 2M of {@code frame} has a pair. */
    public boolean has(State state, int frame) {
        return page(state, frame, false) != FrameRef.NONE;
    }

    /** Two pages hold the entries of the 2M of {@code frame} from now on. */
    void add(State state, int frame, int first, int other) {
        set(state, first, head(frame), false);
        set(state, other, head(frame), true);
    }

    /** The pair of the 2M of {@code frame} is one no more. */
    void remove(State state, int frame) {
        int head = head(frame);
        for (int page = 0; page < geometry.frames(); page++) {
            if (tells.get(state, page) == head) {
                set(state, page, FrameRef.NONE, false);
            }
        }
    }

    private void set(State state, int page, int head, boolean isSecond) {
        tells.set(state, page, head);
        second.set(state, page, isSecond);
    }
}
