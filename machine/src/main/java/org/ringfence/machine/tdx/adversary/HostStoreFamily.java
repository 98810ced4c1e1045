package org.ringfence.machine.tdx.adversary;

import java.util.List;
import java.util.stream.IntStream;
import org.ringfence.machine.operation.Family;
import org.ringfence.machine.operation.Frame;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.operation.Successors;
import org.ringfence.machine.state.State;
import org.ringfence.machine.tdx.host.StoreUnderKeyId0;
import org.ringfence.machine.tdx.td.Tdx;

/** {@link StoreUnderKeyId0} to any frame. Arguments: the frame. */
public record HostStoreFamily(Tdx tdx) implements Family {
    @Override
    public Principal principal() {
        return Principal.HOST;
    }

    @Override
    public void each(State state, Successors successors) {
        int frames = tdx.geometry().frames();
        for (int frame = 0; frame < frames; frame++) {
            StoreUnderKeyId0.commit(tdx, state, frame);
            successors.take(frame);
        }
    }

    @Override
    public List<Integer> arguments() {
        return IntStream.range(0, tdx.geometry().frames()).boxed().toList();
    }

    @Override
    public Operation<?> operation(int arguments) {
        return new StoreUnderKeyId0(new Frame(arguments));
    }
}
