package org.ringfence.machine.tdx.adversary;

import org.ringfence.machine.memory.GuestMemory.Mapping;
import org.ringfence.machine.memory.GuestPages;
import org.ringfence.machine.memory.Ledger;
import org.ringfence.machine.operation.Action;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Step;
import org.ringfence.machine.tdx.td.Tdx;

/**
 * An L2 that is not trusted reads a page through its alias and keeps what it sees:
 * {@link org.ringfence.machine.memory.Load} with a result that does not tell. Waits where L1 has not granted it.
 */
public record L2Load(long gpa, int cpu) implements Action {
    /** Where an L2 has a CPU of its own. */
    public static final int OWN = -1;

    /** On a CPU of the L2's own. */
    public L2Load(long gpa) {
        this(gpa, OWN);
    }

    @Override
    public Step on(Machine machine, Actor actor) {
        Tdx tdx = machine.part(Tdx.class);
        Actor on = onCpu(tdx, actor, cpu);
        int page = GuestPages.page(tdx.geometry(), gpa);
        return state -> {
            long frame = tdx.access(state, on, page, Mapping.PRIVATE, false);
            if (frame < 0) {
                return frame;
            }
            Ledger.seen(state, actor.principal(), tdx.memory().read(state, (int) frame, tdx.keyId(state)));
            return Done.DONE.ordinal();
        };
    }

    /** The L2 on the CPU that {@code vcpu} names. */
    static Actor onCpu(Tdx tdx, Actor l2, int vcpu) {
        int index = vcpu == OWN ? l2.index() : vcpu;
        if (tdx.inside().entersL2() && !tdx.vcpus().has(index)) {
            throw new IllegalArgumentException(l2 + " has no CPU of its own: L2 VMs run on the vCPUs of this TD");
        }
        return new Actor(index, l2.principal(), l2.name());
    }

    @Override
    public String mnemonic() {
        return "L2 load";
    }
}
