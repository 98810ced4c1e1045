package org.ringfence.machine.memory.adversary;

import java.util.List;
import java.util.stream.IntStream;
import org.ringfence.machine.memory.CacheTable;
import org.ringfence.machine.memory.Caches;
import org.ringfence.machine.memory.Evict;
import org.ringfence.machine.operation.Family;
import org.ringfence.machine.operation.Frame;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.operation.Successors;
import org.ringfence.machine.state.State;

/**
 * {@link Evict} of any line that is cached: nobody's choice, hence a move on every machine with caches, however honest
 * its software. It needs caches with room for every line, whose slots are lines. Arguments: the slot.
 */
public record EvictFamily(Caches caches) implements Family {
    public EvictFamily {
        if (caches.options().sets() > 0) {
            throw new IllegalArgumentException("a cache of " + caches.options().sets()
                    + " sets evicts what it must; every order is explored only with room for every line");
        }
    }

    @Override
    public Principal principal() {
        return Principal.HARDWARE;
    }

    @Override
    public void each(State state, Successors successors) {
        int slots = caches.slots();
        for (int slot = 0; slot < slots; slot++) {
            if (caches.isUsed(state, slot)) {
                caches.evict(state, slot);
                successors.take(slot);
            }
        }
    }

    @Override
    public List<Integer> arguments() {
        return IntStream.range(0, caches.slots()).boxed().toList();
    }

    @Override
    public Operation<?> operation(int arguments) {
        CacheTable table = caches.table();
        int frames = table.entries();
        int column = arguments / frames;
        return new Evict(new Frame(arguments % frames), column / table.keys(), column % table.keys());
    }
}
