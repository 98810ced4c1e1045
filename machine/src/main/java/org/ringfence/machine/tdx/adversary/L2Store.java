package org.ringfence.machine.tdx.adversary;

import org.ringfence.machine.memory.GuestMemory.Mapping;
import org.ringfence.machine.memory.GuestPages;
import org.ringfence.machine.memory.Value;
import org.ringfence.machine.operation.Action;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Step;
import org.ringfence.machine.tdx.td.Tdx;

/** An L2 that is not trusted overwrites a page through its alias. Waits where L1 has not granted it. */
public record L2Store(long gpa, int cpu) implements Action {
    private static final int OWN = L2Load.OWN;

    /** On a CPU of the L2's own. */
    public L2Store(long gpa) {
        this(gpa, OWN);
    }

    @Override
    public Step on(Machine machine, Actor actor) {
        Tdx tdx = machine.part(Tdx.class);
        Actor on = L2Load.onCpu(tdx, actor, cpu);
        int page = GuestPages.page(tdx.geometry(), gpa);
        return state -> {
            long frame = tdx.access(state, on, page, Mapping.PRIVATE, true);
            if (frame < 0) {
                return frame;
            }
            tdx.memory().write(state, (int) frame, Value.INNER, tdx.keyId(state));
            return Done.DONE.ordinal();
        };
    }

    @Override
    public String mnemonic() {
        return "L2 store";
    }
}
