package org.ringfence.machine.tdx.adversary;

import java.util.List;
import java.util.stream.IntStream;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Cpus;
import org.ringfence.machine.operation.Family;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.operation.Successors;
import org.ringfence.machine.state.State;
import org.ringfence.machine.tdx.seamcall.TdhVpEnter;
import org.ringfence.machine.tdx.seamcall.TdhVpEnterWithAnswer;
import org.ringfence.machine.tdx.td.MapGpaAnswer;
import org.ringfence.machine.tdx.td.Tdx;

/**
 * {@link TdhVpEnterWithAnswer} of any vCPU that calls, from one logical CPU, with anything: that covers every
 * answer. Arguments: the vCPU.
 */
public record AnswerFamily(Tdx tdx, TdhVpEnter.Bound entering) implements Family {
    @Override
    public Principal principal() {
        return Principal.HOST;
    }

    @Override
    public Actor actor() {
        return TdxAdversary.host(tdx, entering.lp());
    }

    @Override
    public void each(State state, Successors successors) {
        int vcpus = tdx.vcpus().count();
        for (int vcpu = 0; vcpu < vcpus; vcpu++) {
            if (entering.isCalled(state, vcpu, Cpus.Status.CALLING)) {
                boolean enters = entering.perform(state, vcpu) == TdhVpEnter.Result.TDX_SUCCESS;
                if (enters) {
                    tdx.vcpus().answer(state, vcpu, MapGpaAnswer.ANYTHING, 0);
                }
                successors.end(vcpu, enters);
            }
        }
    }

    @Override
    public List<Integer> arguments() {
        return IntStream.range(0, tdx.vcpus().count()).boxed().toList();
    }

    @Override
    public Operation<?> operation(int arguments) {
        return new TdhVpEnterWithAnswer(tdx.td(), arguments, MapGpaAnswer.ANYTHING, 0);
    }
}
