package org.ringfence.machine.tdx.adversary;

import java.util.List;
import java.util.stream.IntStream;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Family;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.operation.Successors;
import org.ringfence.machine.state.State;
import org.ringfence.machine.tdx.abi.Outputs;
import org.ringfence.machine.tdx.abi.TdxStatus;
import org.ringfence.machine.tdx.seamcall.TdCall;
import org.ringfence.machine.tdx.seamcall.TdhVpFlush;
import org.ringfence.machine.tdx.td.Tdx;

/** {@link TdhVpFlush} of any vCPU, from one logical CPU. Arguments: the vCPU. */
public record FlushFamily(Tdx tdx, int lp, List<TdCall.Bound> flushing) implements Family {
    static FlushFamily of(Tdx tdx, int lp) {
        return new FlushFamily(
                tdx,
                lp,
                IntStream.range(0, tdx.vcpus().count())
                        .mapToObj(vcpu -> new TdhVpFlush(tdx.td(), vcpu).bind(tdx, lp))
                        .toList());
    }

    @Override
    public Principal principal() {
        return Principal.HOST;
    }

    @Override
    public Actor actor() {
        return TdxAdversary.host(tdx, lp);
    }

    @Override
    public void each(State state, Successors successors) {
        if (tdx.root().dispatch(state, lp) != TdxStatus.TDX_SUCCESS) {
            return;
        }
        for (int vcpu = 0; vcpu < flushing.size(); vcpu++) {
            if (tdx.vps().cpu(state, vcpu) == lp) {
                successors.end(
                        vcpu, flushing.get(vcpu).perform(state, Outputs.NONE) == TdhVpFlush.Result.TDX_SUCCESS);
            }
        }
    }

    @Override
    public List<Integer> arguments() {
        return IntStream.range(0, flushing.size()).boxed().toList();
    }

    @Override
    public Operation<?> operation(int arguments) {
        return new TdhVpFlush(tdx.td(), arguments);
    }

    @Override
    public String toString() {
        return "FlushFamily[tdx=%s, lp=%d]".formatted(tdx, lp);
    }
}
