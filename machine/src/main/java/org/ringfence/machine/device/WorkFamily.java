package org.ringfence.machine.device;

import java.util.List;
import java.util.stream.IntStream;
import org.ringfence.machine.device.DeviceOperation.Dma;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Family;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.operation.Successors;
import org.ringfence.machine.state.State;

/** Each device does at any time what it was started for. Its argument: the device. */
record WorkFamily(Devices devices) implements Family {
    @Override
    public Principal principal() {
        return Principal.HARDWARE;
    }

    @Override
    public Actor actor() {
        return new Actor(-1, Principal.HARDWARE, "device");
    }

    @Override
    public void each(State state, Successors successors) {
        for (int device = 0; device < devices.count(); device++) {
            if (devices.works(state, device)) {
                successors.take(device);
            }
        }
    }

    @Override
    public List<Integer> arguments() {
        return IntStream.range(0, devices.count()).boxed().toList();
    }

    @Override
    public Operation<?> operation(int arguments) {
        return new Dma(arguments);
    }
}
