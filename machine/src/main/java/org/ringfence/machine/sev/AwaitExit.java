package org.ringfence.machine.sev;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Numbered;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Outcome;
import org.ringfence.machine.operation.Results;
import org.ringfence.machine.operation.Step;

/**
 * Waits until a vCPU is with the host and tells which one, why and where; of several, the one with the least index. The
 * machine must keep the exits of all of them.
 *
 * @param vcpus actors 0 to {@code vcpus - 1} are waited for
 * @param geometry of the machine
 * @param buffers whether a vCPU can ask for the page state changes of a buffer
 */
public record AwaitExit(int vcpus, Geometry geometry, boolean buffers) implements Operation<VcpuExit> {

    public AwaitExit {
        Numbered.require("number of vCPUs that are waited for", vcpus, Long.SIZE);
    }

    /** For a guest that asks for one page state change at a time. */
    public AwaitExit(int vcpus, Geometry geometry) {
        this(vcpus, geometry, false);
    }

    /** Why a vCPU can be with the host: a machine without large pages knows no exits on their account. */
    private List<ExitReason> reasons() {
        return Arrays.stream(ExitReason.values())
                .filter(reason -> buffers || reason != ExitReason.PSC_BUFFER)
                .filter(reason -> reason != ExitReason.NONE)
                .filter(reason -> geometry.hasLargePages() || !reason.concernsLargePages())
                .toList();
    }

    @Override
    public Results<VcpuExit> results() {
        List<VcpuExit> values = new ArrayList<>();
        for (int vcpu = 0; vcpu < vcpus; vcpu++) {
            for (ExitReason reason : reasons()) {
                for (int page = 0; page < geometry.pages(); page++) {
                    values.add(new VcpuExit(vcpu, reason, geometry.gpa(page)));
                }
            }
        }
        return new Results.Listed<>(values);
    }

    @Override
    public Step on(Machine machine, Actor actor) {
        Exits exits = machine.part(NestedGuest.class).exits();
        if (vcpus > exits.vcpus()) {
            throw new IllegalArgumentException(
                    "the host waits for " + vcpus + " vCPUs; the machine keeps the exits of " + exits.vcpus());
        }
        List<ExitReason> reasons = reasons();
        int[] place = new int[ExitReason.values().length];
        Arrays.setAll(place, ordinal -> reasons.indexOf(ExitReason.values()[ordinal]));
        return state -> {
            for (int vcpu = 0; vcpu < vcpus; vcpu++) {
                if (exits.cpus().isWithHost(state, vcpu)) {
                    long reason = place[exits.reason().ordinal(state, vcpu)];
                    return ((long) vcpu * reasons.size() + reason) * geometry.pages() + exits.page().get(state, vcpu);
                }
            }
            return Outcome.WAITS;
        };
    }

    @Override
    public String mnemonic() {
        return "await exit";
    }
}
