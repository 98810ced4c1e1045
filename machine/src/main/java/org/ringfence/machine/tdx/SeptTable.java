package org.ringfence.machine.tdx;

import java.util.Set;
import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.Level;
import org.ringfence.machine.state.Bounded;
import org.ringfence.machine.state.Declaration;
import org.ringfence.machine.state.Enumerated;
import org.ringfence.machine.state.FrameRef;
import org.ringfence.machine.state.State;
import org.ringfence.machine.state.Table;

/**
 * The Secure EPT entries of one level.
 *
 * @param level their level
 * @param count how many; 0 when the machine has none of this level
 * @param span 4K pages of each
 * @param state their states
 * @param frame the frame of a leaf, its first 4K frame for a 2M one
 * @param age how long ago a blocked entry was blocked, kept by {@link Epochs}
 * @param alias the ordinal of the {@link L2Access} that L1 has granted; while the entry is pending or blocked the alias is L2_BLOCKED
 * @param accepted 4K pages of a pending 2M page that an interrupted accept has zeroed, the ACCEPT_COUNTER
 * @param locked 1 while the host holds the entry's lock
 */
record SeptTable(
        Level level,
        int count,
        int span,
        Enumerated<SeptState> state,
        FrameRef frame,
        Bounded age,
        Bounded alias,
        Bounded accepted,
        Bounded locked) {

    static SeptTable declare(
            Declaration declaration, Geometry geometry, Level level, Set<TdxFeature> features) {
        boolean exists = level == Level.SIZE_4K || geometry.hasLargePages();
        int span = geometry.span(level);
        int count = exists ? geometry.pages() / span : 0;
        Table table = declaration.table("Secure EPT " + level, level == Level.SIZE_4K ? "page" : "2M page", count);
        return new SeptTable(
                level,
                count,
                span,
                table.enumerated("state", SeptState.class),
                table.frame("frame"),
                table.bounded("blocked", features.contains(TdxFeature.TLB_TRACKING) ? Epochs.CURRENT : 0),
                table.bounded("L2", features.contains(TdxFeature.L2_VM) ? L2Access.values().length - 1 : 0),
                table.bounded("accept counter", features.contains(TdxFeature.INTERRUPTS) ? span - 1 : 0),
                table.bounded("locked", features.contains(TdxFeature.ENTRY_LOCKS) ? 1 : 0));
    }

    /** Makes the entry a leaf. */
    void map(State words, int index, SeptState leaf, int toFrame) {
        state.set(words, index, leaf);
        frame.set(words, index, toFrame);
    }

    /** Makes the entry FREE, with its alias gone. */
    void free(State words, int index) {
        state.set(words, index, SeptState.FREE);
        frame.set(words, index, FrameRef.NONE);
        alias.set(words, index, 0);
        accepted.set(words, index, 0);
    }

    L2Access access(State words, int index) {
        return L2Access.of(alias.get(words, index));
    }
}
