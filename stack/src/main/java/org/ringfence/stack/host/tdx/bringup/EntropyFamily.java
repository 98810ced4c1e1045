package org.ringfence.stack.host.tdx.bringup;

import java.util.List;
import java.util.stream.IntStream;
import org.ringfence.machine.operation.Family;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.operation.Successors;
import org.ringfence.machine.state.State;
import org.ringfence.machine.tdx.module.TdxModule;
import org.ringfence.machine.tdx.module.sys.SetEntropy;

/**
 * Packages run out of random numbers and have some again, whenever that be. Arguments: twice the package, and 1 where
 * it has some again.
 */
public record EntropyFamily(TdxModule module) implements Family {
    @Override
    public Principal principal() {
        return Principal.HARDWARE;
    }

    @Override
    public void each(State state, Successors successors) {
        for (int number = 0; number < module.options().packages(); number++) {
            int lacks = module.noEntropy().get(state, number);
            module.noEntropy().set(state, number, 1 - lacks);
            successors.take(2 * number + lacks);
        }
    }

    @Override
    public List<Integer> arguments() {
        return IntStream.range(0, 2 * module.options().packages()).boxed().toList();
    }

    @Override
    public Operation<?> operation(int arguments) {
        return new SetEntropy(arguments / 2, arguments % 2 == 1);
    }
}
