package org.ringfence.stack.host.kvm.hypercall;

import java.util.ArrayList;
import java.util.List;
import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Outcome;
import org.ringfence.machine.operation.Part;
import org.ringfence.machine.operation.Results;
import org.ringfence.machine.operation.Step;

/** KVM_RUN returns with KVM_EXIT_HYPERCALL: userspace learns what vCPU {@code vcpu} asks for. Waits until then. */
public record AwaitHypercall(int vcpu, Geometry geometry) implements Operation<AwaitHypercall.Request> {

    /**
     * What the guest asks for.
     *
     * @param page the first guest page
     * @param pages how many
     */
    public record Request(int page, int pages, boolean toPrivate) {
        @Override
        public String toString() {
            return "%d pages from page %d on %s".formatted(pages, page, toPrivate ? "private" : "shared");
        }
    }

    @Override
    public List<Part> needs() {
        return List.of(HypercallExits.PART);
    }

    @Override
    public Results<Request> results() {
        List<Request> requests = new ArrayList<>();
        for (int page = 0; page < geometry.pages(); page++) {
            for (int pages = 1; pages <= geometry.pages() - page; pages++) {
                requests.add(new Request(page, pages, false));
                requests.add(new Request(page, pages, true));
            }
        }
        return new Results.Listed<>(requests);
    }

    @Override
    public Step on(Machine machine, Actor actor) {
        HypercallExits exits = machine.part(HypercallExits.class);
        return state -> {
            if (!exits.cpus().isWithHost(state, vcpu)) {
                return Outcome.WAITS;
            }
            long page = exits.page().get(state, vcpu);
            long shorter = page * geometry.pages() - page * (page - 1) / 2;
            long range = shorter + exits.pages().get(state, vcpu) - 1;
            return 2 * range + (exits.toPrivate().get(state, vcpu) ? 1 : 0);
        };
    }

    @Override
    public String mnemonic() {
        return "KVM_EXIT_HYPERCALL";
    }
}
