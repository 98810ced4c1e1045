package org.ringfence.platform.life;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Cast;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Part;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.state.Declaration;

/** What the guest's software brings to a machine of real size. */
final class GuestSoftware {
    private GuestSoftware() {}

    /** The machine with {@code parts}. */
    static Machine brought(Declaration declaration, Machine hardware, int vcpus, List<Part> parts) {
        Cast cast = Cast.of(IntStream.range(0, vcpus)
                .mapToObj(i -> new Actor(i, Principal.GUEST, "vCPU " + i))
                .toList());
        Machine machine = hardware;
        for (Part part : parts) {
            List<Record> all = new ArrayList<>(machine.parts());
            all.add(part.declare(declaration, machine, cast));
            machine = new Machine(all);
        }
        return machine;
    }
}
