package org.ringfence.machine.memory.adversary;

import java.util.List;
import java.util.stream.IntStream;
import org.ringfence.machine.memory.CacheInstruction;
import org.ringfence.machine.memory.Caches;
import org.ringfence.machine.memory.OnCache;
import org.ringfence.machine.operation.Family;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.operation.Successors;
import org.ringfence.machine.state.State;

/** {@link OnCache} with one instruction that does not fault, on any package. Arguments: the package. */
public record OnCacheFamily(CacheInstruction instruction, Principal principal, Caches caches) implements Family {
    @Override
    public void each(State state, Successors successors) {
        int packages = caches.options().packages();
        for (int number = 0; number < packages; number++) {
            instruction.perform(caches, state, number);
            successors.take(number);
        }
    }

    @Override
    public List<Integer> arguments() {
        return IntStream.range(0, caches.options().packages()).boxed().toList();
    }

    @Override
    public Operation<?> operation(int arguments) {
        return new OnCache(instruction, arguments);
    }
}
