package org.ringfence.machine.tdx.host;

import org.ringfence.machine.memory.GuestPages;
import org.ringfence.machine.operation.Action;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Step;
import org.ringfence.machine.state.FrameRef;
import org.ringfence.machine.tdx.td.Tdx;

/**
 * The host clears an entry of a TD's shared EPT. Stale shared translations come with the TLBs.
 *
 * @param td the TD, from 0
 */
public record UnmapShared(int td, long gpa) implements Action {

    /** Of TD 0. */
    public UnmapShared(long gpa) {
        this(0, gpa);
    }

    @Override
    public Step on(Machine machine, Actor actor) {
        Tdx tdx = Tdx.of(machine, td);
        tdx.access().requireShared();
        int page = GuestPages.page(tdx.geometry(), gpa);
        return state -> {
            tdx.sharedFrame().set(state, page, FrameRef.NONE);
            return Done.DONE.ordinal();
        };
    }

    @Override
    public String mnemonic() {
        return "unmap shared";
    }
}
