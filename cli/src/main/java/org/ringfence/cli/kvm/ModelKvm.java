package org.ringfence.cli.kvm;

import org.ringfence.machine.state.Layout;
import org.ringfence.machine.state.State;
import org.ringfence.stack.host.kvm.gmem.KvmCall;
import org.ringfence.stack.host.kvm.gmem.KvmMemory;
import org.ringfence.stack.host.kvm.gmem.KvmShape;

/** The model as something that answers calls. */
public final class ModelKvm implements Kvm {
    private final KvmMemory memory;
    private final State first;
    private final State state;

    public ModelKvm(KvmShape shape) {
        Layout.Placed<KvmMemory> placed =
                Layout.of(Layout.Storage.PACKED, 1, 1, declaration -> KvmMemory.declare(declaration, shape));
        memory = placed.machine();
        first = placed.layout().newState();
        memory.begin(first);
        state = first.snapshot();
    }

    @Override
    public void reset() {
        state.restore(first);
    }

    @Override
    public long answer(KvmCall call) {
        return call.take(state, memory);
    }
}
