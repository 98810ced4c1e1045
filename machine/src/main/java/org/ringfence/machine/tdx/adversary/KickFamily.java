package org.ringfence.machine.tdx.adversary;

import java.util.List;
import java.util.stream.IntStream;
import org.ringfence.machine.operation.Family;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.operation.Successors;
import org.ringfence.machine.state.State;
import org.ringfence.machine.tdx.host.KickVcpu;
import org.ringfence.machine.tdx.td.Tdx;

/** {@link KickVcpu} of any vCPU of a TD that runs. Arguments: the vCPU. */
public record KickFamily(Tdx tdx) implements Family {
    @Override
    public Principal principal() {
        return Principal.HOST;
    }

    @Override
    public void each(State state, Successors successors) {
        int vcpus = tdx.vcpus().count();
        for (int vcpu = 0; vcpu < vcpus; vcpu++) {
            if (KickVcpu.isRunning(tdx, state, vcpu)) {
                KickVcpu.commit(tdx, state, vcpu);
                successors.take(vcpu);
            }
        }
    }

    @Override
    public List<Integer> arguments() {
        return IntStream.range(0, tdx.vcpus().count()).boxed().toList();
    }

    @Override
    public Operation<?> operation(int arguments) {
        return new KickVcpu(tdx.td(), arguments);
    }
}
