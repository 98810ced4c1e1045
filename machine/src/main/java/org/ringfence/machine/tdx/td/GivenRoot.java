package org.ringfence.machine.tdx.td;

import java.util.List;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Property;
import org.ringfence.machine.state.Flag;
import org.ringfence.machine.state.FrameRef;
import org.ringfence.machine.state.State;
import org.ringfence.machine.tdx.abi.Ending;
import org.ringfence.machine.tdx.abi.TdxStatus;
import org.ringfence.machine.tdx.module.ModuleLocks.Held;
import org.ringfence.machine.tdx.module.PageMetadata.Found;
import org.ringfence.machine.tdx.module.PageType;
import org.ringfence.machine.tdx.sept.Sept;
import org.ringfence.machine.tdx.td.TdLocks.Kind;

/**
 * The root of a TD that is there from the start and stays, with its key configured and its TDCS whole. Of the PAMT no
 * more is kept than which frames are in use.
 *
 * @param fatal the TD consumed poison
 * @param all the same of each TD of the machine
 * @param checksFatal whether leaves look at that
 */
public record GivenRoot(
        int keyId, Flag fatal, List<Flag> all, boolean checksFatal, TdLocks locks, FramesInUse frames, Sept sept)
        implements
            TdRoot {
    public GivenRoot {
        all = List.copyOf(all);
    }

    @Override
    public boolean hasLife() {
        return false;
    }

    @Override
    public int frame(State state) {
        return FrameRef.NONE;
    }

    @Override
    public Ending dispatch(State state, int lp) {
        return TdxStatus.TDX_SUCCESS;
    }

    @Override
    public Ending lockTdr(State state, int lp, Held held, Ending invalid, Ending busy) {
        return locks.isBusy(state, Kind.TDR, held) ? busy : TdxStatus.TDX_SUCCESS;
    }

    @Override
    public Ending checkTd(State state) {
        return checksFatal && isFatal(state) ? TdxStatus.TDX_TD_FATAL : TdxStatus.TDX_SUCCESS;
    }

    @Override
    public boolean hasKey(State state) {
        return true;
    }

    @Override
    public int keyId(State state) {
        return keyId;
    }

    @Override
    public int tdcx(State state) {
        return 0;
    }

    @Override
    public boolean isFatal(State state) {
        return fatal.get(state);
    }

    @Override
    public void die(State state) {
        fatal.set(state, true);
    }

    /** With the module every TD is gone: on this machine, each is fatal. */
    @Override
    public void consume(State state, int lp) {
        for (int i = 0; i < all.size(); i++) {
            all.get(i).set(state, true);
        }
        state.observe(Property.AVAILABILITY.broken());
    }

    @Override
    public int lp(Actor actor) {
        return actor.cpu();
    }

    @Override
    public boolean comesBack(State state, int lp) {
        return true;
    }

    @Override
    public boolean hasTree(State state) {
        return true;
    }

    @Override
    public Found findFree(State state, int lp, int frame, int level) {
        return frames.isFree(state, frame, sept.span(level)) ? Found.OK : Found.METADATA_INCORRECT;
    }

    @Override
    public boolean isFree(State state, int frame) {
        return frames.isFree(state, frame, 1);
    }

    @Override
    public Found find(State state, int lp, int frame, PageType type, Held held) {
        return Found.OK;
    }

    @Override
    public boolean isHeld(State state, int frame, int level) {
        return false;
    }

    @Override
    public void take(State state, int frame, int level, PageType type) {
        frames.set(state, frame, sept.span(level), true);
    }

    @Override
    public void giveBack(State state, int frame, int level) {
        frames.set(state, frame, sept.span(level), false);
    }

    @Override
    public void join(State state, int frame, int level) {}

    @Override
    public void split(State state, int frame, int level) {}

    @Override
    public boolean takesPamt(State state, int level) {
        return false;
    }

    @Override
    public long removalHint(State state, int frame, int level) {
        return 0;
    }

    @Override
    public int pamtPage(State state, int frame, boolean secondHalf) {
        return FrameRef.NONE;
    }

    @Override
    public Found findForPamt(State state, int lp, int frame) {
        return Found.ADDR_RANGE_ERROR;
    }

    @Override
    public void addPamt(State state, int frame, int first, int second) {}

    @Override
    public void removePamt(State state, int frame) {}

    @Override
    public long own(State state, PageType type) {
        return 0;
    }

    @Override
    public long used(State state) {
        return frames.used(state);
    }
}
