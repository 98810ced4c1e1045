package org.ringfence.machine.tdx.host;

import org.ringfence.machine.memory.Value;
import org.ringfence.machine.operation.Action;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Frame;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Step;
import org.ringfence.machine.state.State;
import org.ringfence.machine.tdx.td.Tdx;

/**
 * The host overwrites a whole frame under KeyID 0. Nothing stops it; the TD-owner bit is cleared, and a TD whose page
 * this is has a machine check at its next read. Source: Intel TDX Module Base Architecture Specification, chapter 16.
 */
public record StoreUnderKeyId0(Frame frame) implements Action {
    @Override
    public Step on(Machine machine, Actor actor) {
        Tdx tdx = machine.part(Tdx.class);
        return state -> {
            commit(tdx, state, frame.index());
            return Done.DONE.ordinal();
        };
    }

    public static void commit(Tdx tdx, State state, int frame) {
        tdx.memory().write(state, frame, Value.HOST, 0);
    }

    @Override
    public String mnemonic() {
        return "host store";
    }
}
