package org.ringfence.machine.tdx;

import java.util.List;
import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.state.Declaration;
import org.ringfence.machine.state.Enumerated;
import org.ringfence.machine.state.State;
import org.ringfence.machine.tdx.sept.Sept;

/**
 * What the module has frames in use for, which its PAMT tells: no frame is in two places. On a small machine whose trust domains begin RUNNABLE this
 * follows from their Secure EPTs and costs no bit.
 *
 * <p>A page of 2M or 1G is of its type in all its 4K frames here; in the real PAMT one entry of that size says so. Source: TDX module 1.5.01,
 * pamt_manager.c.
 *
 * @param type of each frame, where it is kept
 * @param trees of all trust domains
 */
public record Frames(Geometry geometry, boolean kept, Enumerated<Type> type, List<Sept> trees) {
    private static final int MOST_SCANNED = 64;

    /** Types of pages. */
    public enum Type {
        /** PT_NDA: not given to the module. */
        NDA,
        /** PT_REG: a page of a trust domain. */
        REG,
        /** PT_EPT: a table of a Secure EPT. */
        EPT,
        /** PT_TDVPR. */
        TDVPR,
        /** PT_TDCX. */
        TDCX
    }

    public Frames {
        trees = List.copyOf(trees);
    }

    static Frames declare(Declaration declaration, Geometry geometry, List<Sept> trees, boolean kept) {
        boolean needed = kept || geometry.frames() > MOST_SCANNED;
        return new Frames(
                geometry,
                needed,
                declaration
                        .perFrame("PAMT")
                        .enumerated("type", Type.class, kept ? Type.TDCX : needed ? Type.EPT : Type.NDA),
                trees);
    }

    /** Frames in use, one bit each; for at most 64 frames. */
    long used(State state) {
        long used = 0;
        if (!kept) {
            for (int i = 0; i < trees.size(); i++) {
                used |= trees.get(i).usedFrames(state);
            }
            return used;
        }
        for (int frame = 0; frame < geometry.frames(); frame++) {
            used |= type.ordinal(state, frame) == 0 ? 0 : 1L << frame;
        }
        return used;
    }

    /** Whether every frame from {@code frame} on is PT_NDA. */
    boolean isFree(State state, int frame, int span) {
        if (frame + span > geometry.frames()) {
            return false;
        }
        if (!kept) {
            long wanted = (span >= Long.SIZE ? -1L : (1L << span) - 1) << frame;
            return (used(state) & wanted) == 0;
        }
        for (int i = 0; i < span; i++) {
            if (!type.is(state, frame + i, Type.NDA)) {
                return false;
            }
        }
        return true;
    }

    /** The module takes frames into use, or gives them back: {@link Type#NDA}. */
    void set(State state, int frame, int span, Type to) {
        if (kept && frame >= 0) {
            for (int i = 0; i < span; i++) {
                type.set(state, frame + i, to);
            }
        }
    }
}
