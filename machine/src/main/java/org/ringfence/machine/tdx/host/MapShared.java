package org.ringfence.machine.tdx.host;

import org.ringfence.machine.memory.GuestPages;
import org.ringfence.machine.operation.Action;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Frame;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Step;
import org.ringfence.machine.tdx.td.Tdx;

/**
 * The host writes an entry of a TD's shared EPT, which is its own memory and which nobody checks: any page to any
 * frame.
 *
 * @param td the TD, from 0
 */
public record MapShared(int td, long gpa, Frame frame) implements Action {

    /** Of TD 0. */
    public MapShared(long gpa, Frame frame) {
        this(0, gpa, frame);
    }

    @Override
    public Step on(Machine machine, Actor actor) {
        Tdx tdx = Tdx.of(machine, td);
        tdx.access().requireShared();
        int page = GuestPages.page(tdx.geometry(), gpa);
        return state -> {
            tdx.sharedFrame().set(state, page, frame.index());
            return Done.DONE.ordinal();
        };
    }

    @Override
    public String mnemonic() {
        return "map shared";
    }
}
