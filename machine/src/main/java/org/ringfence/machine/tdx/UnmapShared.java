package org.ringfence.machine.tdx;

import org.ringfence.machine.memory.GuestPages;
import org.ringfence.machine.operation.Action;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Step;
import org.ringfence.machine.state.FrameRef;

/** The host clears an entry of the shared EPT. Stale shared translations come with the TLBs. */
public record UnmapShared(long gpa) implements Action {
    @Override
    public Step on(Machine machine, Actor actor) {
        Tdx tdx = machine.part(Tdx.class);
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

    @Override
    public String toString() {
        return "unmap shared GPA 0x%X".formatted(gpa);
    }
}
