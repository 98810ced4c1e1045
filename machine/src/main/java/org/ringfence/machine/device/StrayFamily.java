package org.ringfence.machine.device;

import java.util.List;
import java.util.stream.IntStream;
import org.ringfence.machine.device.DeviceOperation.StrayDma;
import org.ringfence.machine.operation.Family;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.operation.Successors;
import org.ringfence.machine.state.State;

/** Any device reads, or writes, any page that it is let. Its argument: the device and the page. */
record StrayFamily(Devices devices, boolean write) implements Family {
    @Override
    public Principal principal() {
        return Principal.DEVICE;
    }

    @Override
    public void each(State state, Successors successors) {
        int all = devices.count() * pages();
        for (int argument = 0; argument < all; argument++) {
            if (devices.strays(state, argument / pages(), argument % pages(), write)) {
                successors.take(argument);
            }
        }
    }

    private int pages() {
        return devices.memory().geometry().pages();
    }

    @Override
    public List<Integer> arguments() {
        return IntStream.range(0, devices.count() * pages()).boxed().toList();
    }

    @Override
    public Operation<?> operation(int arguments) {
        long gpa = devices.memory().geometry().gpa(arguments % pages());
        return new StrayDma(arguments / pages(), gpa, write);
    }
}
