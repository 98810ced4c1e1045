package org.ringfence.machine.tdx.adversary;

import java.util.List;
import java.util.stream.IntStream;
import org.ringfence.machine.memory.GuestMemory.Mapping;
import org.ringfence.machine.memory.Ledger;
import org.ringfence.machine.memory.Value;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Family;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.operation.Successors;
import org.ringfence.machine.state.State;
import org.ringfence.machine.tdx.td.Tdx;

/**
 * {@link L2Load} and {@link L2Store} of any page that L1 has granted; where L2 VMs share vCPUs with L1, on each that
 * runs one. Arguments: twice the page, plus 1 to store; and twice the pages for each vCPU.
 */
public record L2AccessFamily(Tdx tdx, Actor l2, List<Actor> cpus) implements Family {

    static L2AccessFamily of(Tdx tdx, Actor l2) {
        boolean shares = tdx.inside().entersL2();
        return new L2AccessFamily(
                tdx,
                l2,
                shares
                        ? IntStream.range(0, tdx.vcpus().count())
                                .mapToObj(vcpu -> new Actor(tdx.vcpus().first() + vcpu, l2.principal(), l2.name()))
                                .toList()
                        : List.of(l2));
    }

    @Override
    public Actor actor() {
        return l2;
    }

    @Override
    public Principal principal() {
        return Principal.INNER_GUEST;
    }

    @Override
    public void each(State state, Successors successors) {
        int pages = tdx.geometry().pages();
        for (int cpu = 0; cpu < cpus.size(); cpu++) {
            if (tdx.runs(state, cpus.get(cpu))) {
                for (int page = 0; page < pages; page++) {
                    load(state, successors, cpu, page);
                    store(state, successors, cpu, page);
                }
            }
        }
    }

    private void load(State state, Successors successors, int cpu, int page) {
        long frame = tdx.access(state, cpus.get(cpu), page, Mapping.PRIVATE, false);
        if (frame < 0) {
            successors.drop();
            return;
        }
        Ledger.seen(state, Principal.INNER_GUEST, tdx.memory().read(state, (int) frame, tdx.keyId(state)));
        successors.take(2 * (cpu * tdx.geometry().pages() + page));
    }

    private void store(State state, Successors successors, int cpu, int page) {
        long frame = tdx.access(state, cpus.get(cpu), page, Mapping.PRIVATE, true);
        if (frame < 0) {
            successors.drop();
            return;
        }
        tdx.memory().write(state, (int) frame, Value.INNER, tdx.keyId(state));
        successors.take(2 * (cpu * tdx.geometry().pages() + page) + 1);
    }

    @Override
    public List<Integer> arguments() {
        return IntStream.range(0, 2 * cpus.size() * tdx.geometry().pages()).boxed().toList();
    }

    @Override
    public Operation<?> operation(int arguments) {
        int pages = tdx.geometry().pages();
        int vcpu = tdx.inside().entersL2() ? tdx.vcpus().first() + arguments / 2 / pages : L2Load.OWN;
        long gpa = tdx.geometry().gpa(arguments / 2 % pages);
        return arguments % 2 == 0 ? new L2Load(gpa, vcpu) : new L2Store(gpa, vcpu);
    }
}
