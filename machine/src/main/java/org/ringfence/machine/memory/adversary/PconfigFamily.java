package org.ringfence.machine.memory.adversary;

import java.util.List;
import java.util.stream.IntStream;
import org.ringfence.machine.memory.KeyTable;
import org.ringfence.machine.memory.Memory;
import org.ringfence.machine.memory.Pconfig;
import org.ringfence.machine.operation.Family;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.operation.Successors;
import org.ringfence.machine.state.State;

/**
 * {@link Pconfig} of any shared KeyID but 0 to any key that the machine tells apart. Arguments: the KeyID less one,
 * times keys, plus the key.
 */
public record PconfigFamily(Memory memory) implements Family {
    @Override
    public Principal principal() {
        return Principal.HOST;
    }

    @Override
    public void each(State state, Successors successors) {
        int keys = KeyTable.keys(memory.options());
        int all = keys * memory.options().keyIds().shared();
        for (int arguments = 0; arguments < all; arguments++) {
            memory.keys().choose(state, arguments / keys + 1, arguments % keys);
            successors.take(arguments);
        }
    }

    @Override
    public List<Integer> arguments() {
        return IntStream.range(0, KeyTable.keys(memory.options()) * memory.options().keyIds().shared())
                .boxed()
                .toList();
    }

    @Override
    public Operation<?> operation(int arguments) {
        int keys = KeyTable.keys(memory.options());
        return new Pconfig(arguments / keys + 1, arguments % keys);
    }
}
