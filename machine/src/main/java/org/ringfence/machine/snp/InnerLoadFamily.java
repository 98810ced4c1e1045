package org.ringfence.machine.snp;

import java.util.List;
import java.util.stream.IntStream;
import org.ringfence.machine.memory.GuestMemory.Mapping;
import org.ringfence.machine.memory.Ledger;
import org.ringfence.machine.memory.Memory;
import org.ringfence.machine.operation.Family;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.operation.Successors;
import org.ringfence.machine.state.State;

/** The inner guest reads any page through {@code mapping}. Its argument: the page. */
record InnerLoadFamily(Snp snp, Memory memory, Mapping mapping) implements Family {
    @Override
    public Principal principal() {
        return Principal.INNER_GUEST;
    }

    @Override
    public void each(State state, Successors successors) {
        int pages = snp.geometry().pages();
        int key = snp.key(mapping);
        for (int page = 0; page < pages; page++) {
            long frame = snp.check(state, Snp.INNER_VMPL, page, mapping, false);
            if (frame >= 0) {
                Ledger.seen(state, Principal.INNER_GUEST, memory.read(state, (int) frame, key));
                successors.take(page);
            }
        }
    }

    @Override
    public List<Integer> arguments() {
        return IntStream.range(0, snp.geometry().pages()).boxed().toList();
    }

    @Override
    public Operation<?> operation(int arguments) {
        return new InnerLoad(snp.geometry().gpa(arguments), mapping);
    }
}
