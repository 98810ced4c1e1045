package org.ringfence.machine.tdx.module;

import org.ringfence.machine.state.Bits;
import org.ringfence.machine.state.Bounded;
import org.ringfence.machine.state.Declaration;
import org.ringfence.machine.state.Enumerated;
import org.ringfence.machine.state.Flag;
import org.ringfence.machine.state.FrameRef;
import org.ringfence.machine.state.State;
import org.ringfence.machine.state.Table;

/**
 * The root pages of TDs. Their contents are kept here by the TD's number, and not in the frame; the frame's line must
 * be sound for the module to read them, which {@link TdxModule#td} sees to. Source: TDX module 1.5.01, tdr.h.
 *
 * @param frame where each TD's TDR is; none where no TD of that number exists
 * @param keyId the TD's private KeyID
 * @param keyed packages on which its key is configured
 * @param children CHLDCNT: 4K pages that belong to the TD
 * @param fatal the TD consumed poison
 * @param tdcx pages of TDCS that it was given
 */
public record Tdr(
        FrameRef frame,
        Bounded keyId,
        Enumerated<LifecycleState> lifecycle,
        Bits keyed,
        Bounded children,
        Flag fatal,
        Bounded tdcx) {

    /** What {@link #td} answers where no TD is. */
    public static final int NONE = -1;

    /** MIN_NUM_TDCS_PAGES. */
    public static final int LEAST_TDCX = 6;

    /** MAX_NUM_TDCS_PAGES. */
    public static final int MOST_TDCX = 9;

    static Tdr declare(Declaration declaration, ModuleOptions options) {
        Table table = declaration.table("TDR", "TD", options.tds());
        return new Tdr(
                table.frame("frame"),
                table.bounded("KeyID", options.lastPrivate()),
                table.enumerated("LIFECYCLE_STATE", LifecycleState.class),
                table.bits("keyed packages", options.packages()),
                table.bounded("CHLDCNT", declaration.frames()),
                table.flag("FATAL"),
                table.bounded("TDCX pages", MOST_TDCX));
    }

    /** The number of the TD whose TDR is in {@code tdrFrame}; {@link #NONE} where none is. */
    public int td(State state, int tdrFrame, int tds) {
        for (int td = 0; td < tds; td++) {
            if (tdrFrame >= 0 && frame.get(state, td) == tdrFrame) {
                return td;
            }
        }
        return NONE;
    }

    /** The first number of no TD; {@link #NONE} where there are as many as the machine has room for. */
    public int unused(State state, int tds) {
        for (int td = 0; td < tds; td++) {
            if (frame.get(state, td) == FrameRef.NONE) {
                return td;
            }
        }
        return NONE;
    }

    /** CHLDCNT becomes greater by {@code pages} of 4K, or less. */
    public void addChildren(State state, int td, int pages) {
        children.set(state, td, children.get(state, td) + pages);
    }
}
