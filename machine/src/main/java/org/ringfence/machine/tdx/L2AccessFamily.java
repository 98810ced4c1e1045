package org.ringfence.machine.tdx;

import java.util.List;
import java.util.stream.IntStream;
import org.ringfence.machine.memory.GuestMemory.Mapping;
import org.ringfence.machine.memory.Ledger;
import org.ringfence.machine.memory.Memory;
import org.ringfence.machine.memory.Value;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Family;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.operation.Successors;
import org.ringfence.machine.state.State;

/** {@link L2Load} and {@link L2Store} of any page that L1 has granted. Arguments: twice the page, plus 1 to store. */
record L2AccessFamily(Tdx tdx, Actor l2) implements Family {
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
        for (int page = 0; page < pages; page++) {
            if (tdx.runs(state, l2)) {
                load(state, successors, page);
                store(state, successors, page);
            }
        }
    }

    private void load(State state, Successors successors, int page) {
        long frame = tdx.access(state, l2, page, Mapping.PRIVATE, false);
        if (frame < 0) {
            successors.drop();
            return;
        }
        int found = tdx.memory().read(state, (int) frame, tdx.keyId());
        if (found == Memory.POISON) {
            successors.drop();
            return;
        }
        Ledger.seen(state, Principal.INNER_GUEST, found);
        successors.take(2 * page);
    }

    private void store(State state, Successors successors, int page) {
        long frame = tdx.access(state, l2, page, Mapping.PRIVATE, true);
        if (frame < 0) {
            successors.drop();
            return;
        }
        tdx.memory().write(state, (int) frame, Value.INNER, tdx.keyId());
        successors.take(2 * page + 1);
    }

    @Override
    public List<Integer> arguments() {
        return IntStream.range(0, 2 * tdx.geometry().pages()).boxed().toList();
    }

    @Override
    public Operation<?> operation(int arguments) {
        long gpa = tdx.geometry().gpa(arguments / 2);
        return arguments % 2 == 0 ? new L2Load(gpa) : new L2Store(gpa);
    }
}
