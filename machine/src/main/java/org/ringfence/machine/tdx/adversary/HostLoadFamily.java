package org.ringfence.machine.tdx.adversary;

import java.util.List;
import java.util.stream.IntStream;
import org.ringfence.machine.operation.Family;
import org.ringfence.machine.operation.Frame;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.operation.Successors;
import org.ringfence.machine.state.State;
import org.ringfence.machine.tdx.host.LoadUnderKeyId0;
import org.ringfence.machine.tdx.td.Tdx;

/** {@link LoadUnderKeyId0} of any frame. Arguments: the frame. */
public record HostLoadFamily(Tdx tdx) implements Family {
    @Override
    public Principal principal() {
        return Principal.HOST;
    }

    @Override
    public void each(State state, Successors successors) {
        int frames = tdx.geometry().frames();
        for (int frame = 0; frame < frames; frame++) {
            LoadUnderKeyId0.commit(tdx, state, Principal.HOST, frame);
            successors.take(frame);
        }
    }

    @Override
    public List<Integer> arguments() {
        return IntStream.range(0, tdx.geometry().frames()).boxed().toList();
    }

    @Override
    public Operation<?> operation(int arguments) {
        return new LoadUnderKeyId0(new Frame(arguments));
    }
}
