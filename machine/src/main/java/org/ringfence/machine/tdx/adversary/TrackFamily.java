package org.ringfence.machine.tdx.adversary;

import java.util.List;
import org.ringfence.machine.operation.Family;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.operation.Successors;
import org.ringfence.machine.state.State;
import org.ringfence.machine.tdx.abi.Ending;
import org.ringfence.machine.tdx.abi.Outputs;
import org.ringfence.machine.tdx.abi.TdxStatus;
import org.ringfence.machine.tdx.seamcall.TdCall;
import org.ringfence.machine.tdx.seamcall.TdhMemTrack;
import org.ringfence.machine.tdx.td.Tdx;

/**
 * {@link TdhMemTrack}. Arguments: 0.
 *
 * @param track the leaf, bound to the TD
 */
public record TrackFamily(Tdx tdx, TdCall.Bound track) implements Family {
    @Override
    public Principal principal() {
        return Principal.HOST;
    }

    @Override
    public void each(State state, Successors successors) {
        Ending ending = tdx.root().dispatch(state, 0);
        if (ending == TdxStatus.TDX_SUCCESS) {
            successors.end(0, track.perform(state, Outputs.NONE) == TdhMemTrack.Result.TDX_SUCCESS);
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

    @Override
    public String toString() {
        return operation(0).toString();
    }
}
