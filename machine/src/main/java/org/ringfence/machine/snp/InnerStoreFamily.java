package org.ringfence.machine.snp;

import java.util.List;
import java.util.stream.IntStream;
import org.ringfence.machine.memory.GuestMemory.Mapping;
import org.ringfence.machine.memory.Memory;
import org.ringfence.machine.memory.Value;
import org.ringfence.machine.operation.Family;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.operation.Successors;
import org.ringfence.machine.state.State;

/** The inner guest writes its own value to any page through {@code mapping}. Its argument: the page. */
record InnerStoreFamily(Snp snp, Memory memory, Mapping mapping) implements Family {
    @Override
    public Principal principal() {
        return Principal.INNER_GUEST;
    }

    @Override
    public void each(State state, Successors successors) {
        int pages = snp.geometry().pages();
        int key = snp.key(mapping);
        for (int page = 0; page < pages; page++) {
            long frame = snp.check(state, Snp.INNER_VMPL, page, mapping, true);
            if (frame >= 0) {
                memory.write(state, (int) frame, Value.INNER, key);
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
        return new InnerStore(snp.geometry().gpa(arguments), mapping, Value.INNER);
    }
}
