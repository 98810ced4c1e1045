package org.ringfence.machine.tdx.adversary;

import java.util.List;
import org.ringfence.machine.operation.Family;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.operation.Successors;
import org.ringfence.machine.state.State;
import org.ringfence.machine.tdx.seamcall.TdhMemTrack;
import org.ringfence.machine.tdx.td.Refusal;
import org.ringfence.machine.tdx.td.Tdx;

/** {@link TdhMemTrack}. Arguments: 0. */
public record TrackFamily(Tdx tdx) implements Family {
    @Override
    public Principal principal() {
        return Principal.HOST;
    }

    @Override
    public void each(State state, Successors successors) {
        Refusal refused = TdhMemTrack.check(tdx, state, 0);
        if (refused == Refusal.TDX_SUCCESS) {
            tdx.epochs().advance(state);
            successors.take(0);
        } else {
            refused.undo(successors);
        }
    }

    @Override
    public List<Integer> arguments() {
        return List.of(0);
    }

    @Override
    public Operation<?> operation(int arguments) {
        return new TdhMemTrack(tdx.td());
    }
}
