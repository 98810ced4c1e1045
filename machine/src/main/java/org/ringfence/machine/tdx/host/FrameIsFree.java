package org.ringfence.machine.tdx.host;

import org.ringfence.machine.memory.Level;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Frame;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Results;
import org.ringfence.machine.operation.Step;
import org.ringfence.machine.state.FrameRef;
import org.ringfence.machine.state.State;
import org.ringfence.machine.tdx.td.Tdx;

/**
 * The host's allocator looks whether a page of {@code level} that begins with {@code frame} is aligned and backs
 * nothing, private or shared. The page is not reserved by looking: a host whose CPUs allocate at the same time must
 * lock, or stand a refused TDH.MEM.PAGE.AUG.
 */
public record FrameIsFree(Frame frame, Level level) implements Operation<Boolean> {
    @Override
    public Results<Boolean> results() {
        return new Results.Truth();
    }

    @Override
    public Step on(Machine machine, Actor actor) {
        Tdx tdx = machine.part(Tdx.class);
        if (level == Level.SIZE_2M && !tdx.geometry().isLargeAligned(frame.index())) {
            return state -> 0;
        }
        int span = tdx.geometry().span(level);
        return state -> tdx.isFree(state, frame.index(), span) && !isShared(tdx, state, span) ? 1 : 0;
    }

    private boolean isShared(Tdx tdx, State state, int span) {
        if (!tdx.hasShared()) {
            return false;
        }
        for (int page = 0; page < tdx.geometry().pages(); page++) {
            int shared = tdx.sharedFrame().get(state, page);
            if (shared != FrameRef.NONE && shared >= frame.index() && shared < frame.index() + span) {
                return true;
            }
        }
        return false;
    }

    @Override
    public String mnemonic() {
        return "is frame free";
    }
}
